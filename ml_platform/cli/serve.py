"""``ml-platform serve``: the online endpoint of one model or of all."""

from __future__ import annotations

import os
import sys

import click

FILE = click.Path(exists=True, dir_okay=False)


@click.command()
@click.argument("model", required=False)
@click.option("--all", "everything", is_flag=True, help="Serve every model, those to come too.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=int, default=8000, show_default=True, help="0 takes a free one.")
@click.option("--workers", type=click.IntRange(min=1), help="There are always.  [default: 1]")
@click.option("--max-workers", type=click.IntRange(min=1), help="[default: as many as CPUs]")
@click.option("--target-in-flight", type=float, help="Requests that a worker has.  [default: 8]")
@click.option("--tokens", type=FILE, help="Who is let in: see 'ml-platform token'.")
@click.option("--tls-cert", type=FILE, help="Certificate with its chain, PEM.")
@click.option("--tls-key", type=FILE, help="Its private key, PEM, mode 0600.")
def serve(
    model: str | None, everything: bool, host: str, port: int, **given: int | float | str | None
) -> None:
    """Answer requests with the champion of MODEL, each answer logged before it leaves.

    Promotions and rollbacks take effect within two seconds, without a request lost. Workers come
    and go with the requests in flight. An address that other machines can reach needs --tokens,
    --tls-cert and --tls-key.

    \b
    Examples:
      ml-platform serve flight_delay
      ml-platform serve --all --workers 2 --max-workers 8
      curl localhost:8000/v2/health/ready
    """
    from ml_platform.cli.declarations import declared_models, known_model
    from ml_platform.core.errors import ConfigError

    if everything == (model is not None):
        raise ConfigError("Name the model to serve, or all of them with --all.")
    named = list(declared_models()) if model is None else [known_model(model)]
    options = ["--all"] if everything else []
    options += ["--host", host, "--port", str(port)]
    for name, value in given.items():
        options += [] if value is None else [f"--{name.replace('_', '-')}", str(value)]
    # In place of this process: the workers start from a small one, and signals go to the server.
    command = [sys.executable, "-m", "ml_platform.serving", *options, *named]
    os.execv(sys.executable, command)
