"""Starts the local processes in order, watches them, and stops what it started."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Thread
from types import TracebackType

import ml_platform
from ml_platform.engine.dagster_files import instance_settings, workspace, write_yaml
from ml_platform.engine.dagster_services import DAEMON, RUN_SERVER, LocalServices
from ml_platform.engine.home_lock import HomeLock
from ml_platform.engine.java import ensure_java
from ml_platform.engine.ports import LOOPBACK, claim_port, free_port
from ml_platform.engine.run_socket import socket_path
from ml_platform.engine.service import Service
from ml_platform.engine.service_watch import ServiceWatch
from ml_platform.engine.shutdown import tag_runs_at_work
from ml_platform.engine.spark_server import SPARK_SERVER, remote_address, spark_server
from ml_platform.engine.undisturbed import undisturbed
from ml_platform.stores.registry_connection import ensure_registry
from ml_platform.stores.settings import Settings

PROJECT_ROOT = Path(ml_platform.__file__).parents[1]
DEFINITIONS = "ml_platform.definitions"
LOCATION = "ml_platform"
REGISTRY_SECONDS = 600.0
_GENERATED = "Written by ml_platform each time it starts."


@dataclass
class Supervisor:
    """The local engine of one home: Spark, runs, Dagster and, if asked for, what people look at.

    A context manager: entering starts everything and returns once all of it is ready, leaving
    stops it in reverse order. Ctrl-C and SIGTERM leave it too.

        with Supervisor(Settings.from_env(), mlflow_ui=True) as engine:
            print(engine.addresses)
            engine.watch()

    Attributes:
        settings: where the state lives; ``spark_remote`` is filled in on entering.
        module: the module that holds the Definitions.
        root: the project's folder.
        spark: start a Spark server; without it runs use a classic session each.
        mlflow_ui: start MLflow's UI.
        endpoint: start the online endpoint of every model.
        dagster_port: of Dagster's UI; None takes a free one.
        mlflow_port: of MLflow's UI; None takes a free one.
        endpoint_port: of the online endpoint; None takes a free one.
        addresses: by name, once entered: ``dagster``, ``mlflow``, ``spark``, ``endpoint``.
    """

    settings: Settings
    module: str = DEFINITIONS
    root: Path = PROJECT_ROOT
    spark: bool = True
    mlflow_ui: bool = False
    endpoint: bool = False
    dagster_port: int | None = None
    mlflow_port: int | None = None
    endpoint_port: int | None = None
    addresses: dict[str, str] = field(default_factory=dict, init=False)
    _services: list[Service] = field(default_factory=list, init=False)
    _handlers: dict[signal.Signals, object] = field(default_factory=dict, init=False)

    def __enter__(self) -> Supervisor:
        """Start everything.

        Raises:
            EngineError: a port is taken, a process died early, or this home is in use.
        """
        self._lock = HomeLock(self.settings.home)
        self._lock.acquire()
        self._handlers = {s: signal.signal(s, _leave) for s in (signal.SIGTERM, signal.SIGHUP)}
        try:
            self._start_all()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop everything that was started."""
        self.stop()

    def check(self) -> None:
        """Raise EngineError, with the end of its log, if one of the processes has died."""
        for service in self._services:
            service.check()

    def watch(self, told: Callable[[str], None] = print) -> None:
        """Block until interrupted; a process that dies, hangs or is halted is started anew.

        Args:
            told: told in a sentence what was done.

        Raises:
            EngineError: a process ended again and again.
        """
        watch = ServiceWatch(self._services, told, self._ended)
        while True:
            watch.look()
            time.sleep(1.0)

    def _ended(self, name: str) -> None:
        """End the runs that were at work with what is gone: they are repeated as runs that died."""
        if name == SPARK_SERVER:
            for service in self._services:
                if service.name == RUN_SERVER:
                    service.end_children()

    def stop(self) -> None:
        """Stop what was started; an impatient Ctrl-C does not cut it short.

        What looks on ends first, then what executes, then the engine that it uses: those of one
        rank at the same time.
        """
        with undisturbed():
            try:
                if any(each.name == DAEMON for each in self._services):  # only it launches runs
                    tag_runs_at_work(self.settings.dagster_home)
            finally:
                self._stop_services()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._handlers.clear()
        self._lock.release()

    def _stop_services(self) -> None:
        for rank in sorted({_rank(each) for each in self._services}):
            ending = [Thread(target=s.stop) for s in self._services if _rank(s) == rank]
            for each in ending:
                each.start()
            for each in ending:
                each.join()
        self._services.clear()

    def environment(self) -> dict[str, str]:
        """What the children see: this process's environment and the settings."""
        settings = self.settings
        path = [str(self.root), *filter(None, [os.environ.get("PYTHONPATH")])]
        ours = {
            "ML_PLATFORM_HOME": str(settings.home),
            "ML_PLATFORM_LAKE": settings.lake_root,
            "ML_PLATFORM_LANDING": str(settings.landing_root),
            "ML_PLATFORM_ARTIFACTS": settings.artifact_root,
            "ML_PLATFORM_ALERTS": str(settings.alerts_file),
            "ML_PLATFORM_SERVING": str(settings.serving_root),
            "ML_PLATFORM_REQUEST_LOG": settings.request_log,
            "ML_PLATFORM_REDACTION_KEY": str(settings.redaction_key),
            "ML_PLATFORM_TICK_SECONDS": str(settings.tick_seconds),
            "MLFLOW_TRACKING_URI": settings.mlflow_uri,
            "MLFLOW_DISABLE_TELEMETRY": "true",
            # Seven further processes of MLflow's UI, 2 GB together, for jobs that nobody asks for.
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "DAGSTER_HOME": str(settings.dagster_home),
            "PYTHONPATH": os.pathsep.join(path),
            "PYTHONUNBUFFERED": "1",
            # One process per run and two or more runs at a time: no thread pool before a fork.
            "OPENBLAS_NUM_THREADS": "1",
        }
        remote = {"SPARK_REMOTE": settings.spark_remote} if settings.spark_remote else {}
        secrets = {
            "ML_PLATFORM_SIGNING_KEY": settings.signature_keys.signing,
            "ML_PLATFORM_VERIFY_KEY": settings.signature_keys.verifying,
            "ML_PLATFORM_ENDPOINT_TOKEN": settings.endpoint_token,
        }
        files = {name: str(file) for name, file in secrets.items() if file}
        return {**os.environ, **ours, **remote, **files}

    def _start_all(self) -> None:
        home, logs = self.settings.home, self.settings.home / "logs"
        dagster_port = self._place("dagster", self.dagster_port, "Dagster's UI")
        socket, code_port = socket_path(home), free_port()
        files = self._write_files(socket, code_port)
        spark = [self._spark_server(logs)] if self.spark else []
        services = LocalServices(self.environment(), self.root, logs, self.module)
        # MLflow makes its tables on first use, which takes seconds: here nobody waits for them.
        registry = Thread(target=ensure_registry, args=(self.settings.mlflow_uri,), daemon=True)
        registry.start()
        self._start(*spark, services.run_server(socket), services.code_server(code_port, LOCATION))
        others = [services.daemon(files), services.webserver(dagster_port, files)]
        if self.mlflow_ui:
            port = self._place("mlflow", self.mlflow_port, "MLflow's UI")
            uri, artifacts = self.settings.mlflow_uri, self.settings.artifact_root
            others.append(services.mlflow_ui(port, uri, artifacts))
        if self.endpoint:
            port = self._place("endpoint", self.endpoint_port, "the online endpoint")
            others.append(services.endpoint(port))
        registry.join(timeout=REGISTRY_SECONDS)
        self._start(*others)

    def _start(self, *services: Service) -> None:
        """Start services that do not need each other, then wait for all of them."""
        for service in services:
            service.start()
            self._services.append(service)
        for service in services:
            service.wait_until_ready()

    def _spark_server(self, logs: Path) -> Service:
        ensure_java()
        port = free_port()
        self.settings = replace(self.settings, spark_remote=remote_address(port))
        self.addresses["spark"] = remote_address(port)
        folder = self.settings.home / "spark"
        return spark_server(port, folder, logs / "spark-server.log", self.environment())

    def _write_files(self, socket: Path, code_port: int) -> Path:
        """Write what Dagster reads; returns the workspace file."""
        instance = self.settings.dagster_home / "dagster.yaml"
        write_yaml(instance, instance_settings(self.settings.dagster_home, socket), _GENERATED)
        path = self.settings.home / "run" / "workspace.yaml"
        return write_yaml(path, workspace(code_port, LOCATION), _GENERATED)

    def _place(self, name: str, asked: int | None, purpose: str) -> int:
        port = free_port() if asked is None else claim_port(asked, purpose)
        self.addresses[name] = f"http://{LOOPBACK}:{port}"
        return port


def _rank(service: Service) -> int:
    """When a service is stopped, the lowest first."""
    last = {RUN_SERVER: 1, SPARK_SERVER: 2}
    return last.get(service.name, 0)


def _leave(number: int, _: object) -> None:
    raise SystemExit(128 + number)
