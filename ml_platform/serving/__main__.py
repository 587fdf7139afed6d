"""``python -m ml_platform.serving``: what ``ml-platform serve`` runs."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from ml_platform.core.errors import UserError
from ml_platform.core.scaling import ScalingPolicy
from ml_platform.serving.server import ServerConfig, run
from ml_platform.serving.tls import TlsFiles
from ml_platform.stores.settings import Settings

WRONG = 2


def main() -> None:
    """Serve the models named, or all."""
    given = _parser().parse_args()
    try:
        run(_config(given))
    except UserError as error:
        print(error, file=sys.stderr)
        sys.exit(WRONG)


def _parser() -> argparse.ArgumentParser:
    usual = ScalingPolicy()
    asked = argparse.ArgumentParser(prog="python -m ml_platform.serving")
    asked.add_argument("models", nargs="*")
    asked.add_argument("--all", action="store_true", help="all that is published too")
    asked.add_argument("--host", default="127.0.0.1")
    asked.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    asked.add_argument("--workers", type=int, default=usual.least, help="there are always")
    asked.add_argument("--max-workers", type=int, help="default: as many as CPUs")
    asked.add_argument("--target-in-flight", type=float, default=usual.target)
    asked.add_argument("--grow-seconds", type=float, default=usual.up_seconds)
    asked.add_argument("--shrink-seconds", type=float, default=usual.down_seconds)
    asked.add_argument("--tokens", type=Path, help="file of the tokens that are let in")
    asked.add_argument("--tls-cert", type=Path, help="certificate with its chain, PEM")
    asked.add_argument("--tls-key", type=Path, help="its private key, PEM, mode 0600")
    asked.add_argument("--no-watch", action="store_true", help="do not look at the registry")
    return asked


def _config(given: argparse.Namespace) -> ServerConfig:
    most = given.max_workers
    return ServerConfig(
        Settings.from_env(),
        host=given.host,
        port=given.port,
        scaling=ScalingPolicy(
            least=given.workers,
            most=max(given.workers, os.cpu_count() or 1) if most is None else most,
            target=given.target_in_flight,
            up_seconds=given.grow_seconds,
            down_seconds=given.shrink_seconds,
        ),
        models=tuple(given.models),
        everything=given.all,
        watch=not given.no_watch,
        tokens=given.tokens,
        tls=TlsFiles.of(given.tls_cert, given.tls_key),
    )


if __name__ == "__main__":
    main()
