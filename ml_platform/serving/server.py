"""The endpoint's processes: uvicorn's workers, and beside them the watch of the registry.

The parent imports no model code, so it is there at once and stays small; each worker is a fresh
process ("spawn"), which inherits nothing but the listening socket.
"""

from __future__ import annotations

import json
import os
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ml_platform.core.errors import ConfigError
from ml_platform.core.scaling import ScalingPolicy
from ml_platform.serving.access import require_guarded
from ml_platform.serving.parent import end_with_parent
from ml_platform.serving.tls import TlsFiles
from ml_platform.serving.watch_process import WatchProcess
from ml_platform.stores.access_tokens import read_tokens
from ml_platform.stores.endpoint_address import EndpointAddress, forget_address, write_address
from ml_platform.stores.settings import Settings

if TYPE_CHECKING:
    from socket import socket

    from uvicorn import Config

    from ml_platform.serving.app import Endpoint

WORKER_ENV = "ML_PLATFORM_WORKER"
"""What the parent tells its workers, as JSON."""
KEEP_ALIVE_SECONDS = 75
STOP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """How the endpoint runs.

    Attributes:
        settings: of the home.
        host: address to listen on.
        port: to listen on; 0 takes a free one.
        scaling: how many processes answer, and when they become more or fewer.
        models: what to serve.
        everything: serve all that is published too.
        watch: keep up with the registry; without it what is published by others is served.
        tokens: file of the tokens that are let in; None lets everybody in.
        tls: the certificate that is shown; None leaves the connection plain.
    """

    settings: Settings
    host: str = "127.0.0.1"
    port: int = 8000
    scaling: ScalingPolicy = field(default_factory=ScalingPolicy)
    models: tuple[str, ...] = ()
    everything: bool = False
    watch: bool = True
    tokens: Path | None = None
    tls: TlsFiles | None = None


def run(config: ServerConfig) -> None:
    """Serve until told to stop by SIGINT or SIGTERM.

    Raises:
        ConfigError: the address cannot be listened on, or is not guarded as it must be.
        NoWorkerStarts: none could, whatever was tried.
    """
    from ml_platform.serving.metrics_folder import forget
    from ml_platform.serving.scaler import following
    from ml_platform.serving.workers import Workers

    _require_safe(config)
    folder, root = _metrics_folder(config.settings), config.settings.serving_root
    forget(folder)
    os.environ[WORKER_ENV] = json.dumps(_for_workers(config))
    served = _uvicorn(config)
    listening = _listening(served)
    with listening, _watching(config):
        write_address(root, EndpointAddress(_url(config, listening), os.getpid(), config.models))
        try:
            workers = Workers(served, sockets=[listening])
            with following(config.scaling, folder, lambda: workers.wanted):
                workers.run()
        finally:
            forget_address(root)


def _require_safe(config: ServerConfig) -> None:
    """Find out before the first worker starts what would keep all of them from serving."""
    require_guarded(config.host, tls=config.tls is not None, tokens=config.tokens is not None)
    if config.tokens is not None:
        read_tokens(config.tokens)
    config.settings.signature_keys.check()


def _url(config: ServerConfig, listening: socket) -> str:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if config.tls else 'http'}://{shown}:{port}"


def application() -> Endpoint:
    """What each worker serves; uvicorn calls it by this name in a fresh process."""
    end_with_parent()
    from ml_platform.serving.app import Endpoint
    from ml_platform.serving.worker import Worker, WorkerSettings

    said = json.loads(os.environ[WORKER_ENV])
    settings = WorkerSettings(
        serving_root=Path(said["serving_root"]),
        request_log=said["request_log"],
        redaction_key=Path(said["redaction_key"]),
        metrics_folder=Path(said["metrics_folder"]),
        asked=tuple(said["asked"]),
        everything=said["everything"],
        tokens=said["tokens"] and Path(said["tokens"]),
        verify_key=said["verify_key"] and Path(said["verify_key"]),
    )
    return Endpoint(Worker(settings))


def _for_workers(config: ServerConfig) -> dict[str, object]:
    settings, verifying = config.settings, config.settings.signature_keys.verifying
    return {
        "serving_root": str(settings.serving_root),
        "request_log": settings.request_log,
        "redaction_key": str(settings.redaction_key),
        "metrics_folder": str(_metrics_folder(settings)),
        "asked": config.models,
        "everything": config.everything,
        "tokens": config.tokens and str(config.tokens),
        "verify_key": verifying and str(verifying),
    }


def _metrics_folder(settings: Settings) -> Path:
    return settings.serving_root / ".metrics"


def _uvicorn(config: ServerConfig) -> Config:
    from uvicorn import Config

    return Config(
        f"{__name__}:{application.__name__}",
        factory=True,
        host=config.host,
        port=config.port,
        workers=config.scaling.least,
        loop="uvloop",
        http="ml_platform.serving.connection:Connection",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level="warning",
        proxy_headers=False,
        server_header=False,
        headers=[("x-content-type-options", "nosniff"), ("cache-control", "no-store")],
        ssl_certfile=config.tls and config.tls.certificate,
        ssl_keyfile=config.tls and config.tls.key,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=int(STOP_SECONDS),
        timeout_worker_healthcheck=int(STOP_SECONDS),
    )


def _listening(served: Config) -> socket:
    try:
        return served.bind_socket()
    except SystemExit as error:
        raise ConfigError(
            f"{served.host}:{served.port} cannot be listened on: it is taken, or not an address "
            "of this machine. Name another one with --port or --host."
        ) from error


def _watching(config: ServerConfig) -> AbstractContextManager[None]:
    """Have another process look after the registry: MLflow has no place in a worker or here."""
    if not config.watch:
        return nullcontext()
    return WatchProcess([] if config.everything else config.models)
