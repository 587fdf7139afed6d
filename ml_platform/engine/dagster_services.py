"""Dagster's own processes, the run server, MLflow's UI and the endpoint, as children."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ml_platform.engine.liveness import answers_grpc, answers_http
from ml_platform.engine.ports import LOOPBACK, answers, is_live
from ml_platform.engine.run_socket import ask
from ml_platform.engine.service import Service

RUN_SERVER = "run server"
DAEMON = "Dagster daemon"
# The daemon opens no port; this is the first line it writes once its loops are about to start.
_DAEMON_STARTED = "following daemons"


@dataclass(frozen=True)
class LocalServices:
    """Builds the services of one home.

    Attributes:
        env: environment of every child.
        root: the project's folder, working directory of the children that load its code.
        logs: folder of their logs.
        module: the module that holds the Definitions.
    """

    env: Mapping[str, str]
    root: Path
    logs: Path
    module: str

    def run_server(self, socket: Path) -> Service:
        """The preloaded process that runs are forked from."""
        return self._python(
            RUN_SERVER,
            *("-m", "ml_platform.engine.run_server", "--socket", str(socket)),
            *("--module", self.module, "--logs", str(self.logs / "runs")),
            *("--root", str(self.root / self.module.partition(".")[0])),
            ready=lambda: ask(socket, {"do": "health", "run_id": ""}) is not None,
            stop_seconds=15.0,
            replies=lambda: ask(socket, {"do": "health", "run_id": ""}) is not None,
        )

    def code_server(self, port: int, location_name: str) -> Service:
        """Loads the definitions and evaluates sensors; reloads from the UI."""
        return self._python(
            "code server",
            *("-m", "dagster", "code-server", "start", "--host", LOOPBACK, "--port", str(port)),
            *("-m", self.module, "-d", str(self.root), "--location-name", location_name),
            ready=lambda: answers(port),
            port=port,
            replies=lambda: answers_grpc(port),
        )

    def daemon(self, workspace: Path) -> Service:
        """Ticks sensors and automation, launches queued runs, watches running ones."""
        log = self._log(DAEMON)
        return self._python(
            DAEMON,
            *("-m", "dagster._daemon", "run", "-w", str(workspace)),
            ready=lambda: log.exists() and _DAEMON_STARTED in log.read_text(errors="replace"),
        )

    def webserver(self, port: int, workspace: Path) -> Service:
        """Dagster's UI."""
        return self._python(
            "Dagster UI",
            *("-m", "dagster_webserver", "-h", LOOPBACK, "-p", str(port), "-w", str(workspace)),
            ready=lambda: answers(port),
            port=port,
            replies=lambda: answers_http(port, "/server_info"),
        )

    def mlflow_ui(self, port: int, tracking_uri: str, artifact_root: str) -> Service:
        """MLflow's UI over the tracking store."""
        return self._python(
            "MLflow UI",
            *("-m", "mlflow", "server", "--host", LOOPBACK, "--port", str(port)),
            *("--backend-store-uri", tracking_uri, "--default-artifact-root", artifact_root),
            *("--workers", "1"),
            ready=lambda: answers(port),
            port=port,
            replies=lambda: answers_http(port, "/health"),
        )

    def endpoint(self, port: int) -> Service:
        """The online endpoint of every model; alive before the first one has a champion."""
        return self._python(
            "online endpoint",
            *("-m", "ml_platform.cli", "serve", "--all", "--host", LOOPBACK, "--port", str(port)),
            ready=lambda: is_live(port),
            port=port,
            stop_seconds=15.0,
            replies=lambda: is_live(port),
        )

    def _log(self, name: str) -> Path:
        return self.logs / f"{name.lower().replace(' ', '-')}.log"

    def _python(
        self,
        name: str,
        *arguments: str,
        ready: Callable[[], bool],
        port: int | None = None,
        stop_seconds: float = 10.0,
        replies: Callable[[], bool] = lambda: True,
    ) -> Service:
        return Service(
            name=name,
            command=[sys.executable, *arguments],
            env=self.env,
            log=self._log(name),
            folder=self.root,
            ready=ready,
            port=port,
            stop_seconds=stop_seconds,
            replies=replies,
        )
