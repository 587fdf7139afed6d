"""Each server of the benchmark: how it is started with the same model, and asked for one row."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

import psutil

from benchmarks.peers.environment import peer_python
from benchmarks.serving_client import http_request
from benchmarks.serving_features import FEATURES
from ml_platform.estimators.artifact import load_artifact

PROJECT = Path(__file__).parents[1]
ROW = [round(0.37 * place - 3.1, 2) for place in range(len(FEATURES))]
_START_SECONDS = 90.0
_MB = 1024 * 1024


@dataclass(frozen=True)
class Server:
    """A server that scores one row per request.

    Attributes:
        name: what it is called in the results.
        command: starts it.
        port: where it listens on loopback.
        path: of the request.
        body: of the request, JSON.
        env: variables beside those of this process.
    """

    name: str
    command: Sequence[str]
    port: int
    path: str
    body: object
    env: Mapping[str, str] = field(default_factory=dict)

    @property
    def request(self) -> bytes:
        """The request as it goes over the wire."""
        return http_request(self.path, json.dumps(self.body).encode())


@dataclass(frozen=True)
class Running:
    """A server that answers.

    Attributes:
        process: the one that was started; its children belong to it.
        cold_start: seconds from the start of the process to the first right answer.
    """

    process: psutil.Process
    cold_start: float

    def cpu_seconds(self) -> float:
        """Of all its processes, so far."""
        times = [each.cpu_times() for each in self._family()]
        return sum(each.user + each.system for each in times)

    def megabytes(self) -> dict[str, float]:
        """Memory of its own (USS) of each process, by process id."""
        return {str(p.pid): round(p.memory_full_info().uss / _MB, 1) for p in self._family()}

    def _family(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


@contextmanager
def running(server: Server, expected: float, log: Path) -> Iterator[Running]:
    """Start a server, wait until it gives the expected score, and stop it afterwards.

    Raises:
        RuntimeError: it ended, did not answer in time, or answered something else.
    """
    # The server's own programs first: MLflow starts uvicorn by name.
    path = f"{Path(server.command[0]).parent}{os.pathsep}{os.environ['PATH']}"
    env = {**os.environ, **server.env, "PYTHONPATH": str(PROJECT), "PATH": path}
    begun = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            server.command, env=env, stdout=out, stderr=subprocess.STDOUT, process_group=0
        )
    try:
        _wait(server, process, expected, log)
        yield Running(psutil.Process(process.pid), time.perf_counter() - begun)
    finally:
        _stop(process)


def peers(artifact: Path, mlflow_model: Path, scratch: Path) -> list[Server]:
    """MLflow's own server, MLServer and BentoML, one worker each, over the same artifact.

    MLServer twice: with its own XGBoost runtime, and with this project's scoring code inside.
    """
    runtime, ours = "mlserver_xgboost.XGBoostModel", "benchmarks.peers.mlserver_model.Scorer"
    return [
        _mlflow(mlflow_model),
        _mlserver("MLServer", runtime, artifact / "model.ubj", scratch),
        _mlserver("MLServer with our scoring", ours, artifact, scratch),
        _bentoml(artifact, scratch),
    ]


def expected_score(artifact: Path) -> float:
    """What every server must answer for `ROW`, bit for bit."""
    columns = {name: [value] for name, value in zip(FEATURES, ROW, strict=True)}
    return float(load_artifact(artifact).score(columns)[0])


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _mlflow(model: Path) -> Server:
    port = free_port()
    serve = ["models", "serve", "-m", str(model), "--env-manager", "local", "--workers", "1"]
    return Server(
        "mlflow models serve",
        [sys.executable, "-m", "mlflow", *serve, "--host", "127.0.0.1", "--port", str(port)],
        port,
        "/invocations",
        {"dataframe_split": {"columns": FEATURES, "data": [ROW]}},
    )


def _mlserver(name: str, implementation: str, uri: Path, scratch: Path) -> Server:
    folder, port = Path(tempfile.mkdtemp(prefix="mlserver", dir=scratch)), free_port()
    ports = {"http_port": port, "grpc_port": free_port(), "metrics_port": free_port()}
    # In the server's own process: faster for one model than its pool of inference processes.
    settings = {"host": "127.0.0.1", **ports, "parallel_workers": 0, "debug": False}
    (folder / "settings.json").write_text(json.dumps(settings))
    model = {"name": "bench", "implementation": implementation, "parameters": {"uri": str(uri)}}
    (folder / "model-settings.json").write_text(json.dumps(model))
    tensor = {"name": "x", "shape": [1, len(ROW)], "datatype": "FP64", "data": ROW}
    program = peer_python("mlserver").with_name("mlserver")
    path, body = "/v2/models/bench/infer", {"inputs": [tensor]}
    # One thread, as here: more only get in each other's way over a single row.
    one_thread = {"OMP_NUM_THREADS": "1"}
    return Server(name, [str(program), "start", str(folder)], port, path, body, one_thread)


def _bentoml(artifact: Path, scratch: Path) -> Server:
    port, program = free_port(), peer_python("bentoml").with_name("bentoml")
    serve = ["serve", "benchmarks.peers.bentoml_model:Scorer", "--host", "127.0.0.1"]
    home = {"BENTOML_HOME": str(scratch / "bentoml"), "BENTOML_DO_NOT_TRACK": "True"}
    return Server(
        "BentoML",
        [str(program), *serve, "--port", str(port)],
        port,
        "/score",
        {"rows": [ROW]},
        {"BENCHMARK_ARTIFACT": str(artifact), **home},
    )


def _wait(server: Server, process: subprocess.Popen[bytes], expected: float, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{server.name} ended: {log.read_text()[-2000:]}")
        answer = _ask(server)
        if answer is not None and repr(expected) in answer:
            return
        if answer is not None:
            raise RuntimeError(f"{server.name} answered {answer}, not {expected!r}")
        time.sleep(0.02)
    raise RuntimeError(f"{server.name} did not answer: {log.read_text()[-2000:]}")


def _ask(server: Server) -> str | None:
    headers = {"Content-Type": "application/json"}
    asked = Request(
        f"http://127.0.0.1:{server.port}{server.path}", json.dumps(server.body).encode(), headers
    )
    try:
        with urlopen(asked, timeout=5) as answer:
            return answer.read().decode()
    except (URLError, OSError):
        return None


def _stop(process: subprocess.Popen[bytes]) -> None:
    family = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
    _, left = psutil.wait_procs(family, 5)
    for each in left:
        each.kill()
