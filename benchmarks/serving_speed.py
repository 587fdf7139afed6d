"""The endpoint with its durable log on, beside MLflow's server, MLServer and BentoML.

python -m benchmarks.serving_speed

One model (20 numbers, 200 trees of depth 6), one client, one row per request, one worker each, one
after the other in the same run, several rounds; the medians are reported. Every server must give
the same score to the last bit before it is measured. MLServer is measured with its own XGBoost
runtime, and again with this project's scoring code inside, to tell the servers apart from it. The
client is a process of its own. What leaves this endpoint is on disk first; the others log nothing.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import xgboost as xgb

from benchmarks.figure import Figure, write_result
from benchmarks.serving_client import Load
from benchmarks.serving_features import FEATURES, INPUTS, transform
from benchmarks.serving_peers import ROW, Running, Server, expected_score, free_port, peers, running
from ml_platform.core.golden_rows import GoldenRows
from ml_platform.estimators.artifact import load_artifact, save_artifact
from ml_platform.stores.deployment import (
    VERSIONS,
    Deployment,
    LiveVersion,
    model_folder,
    write_deployment,
)
from ml_platform.stores.mlflow_model import write_mlflow_model

ROUNDS = 3
SECONDS = 4.0
WARM_UP = 1.0
CLIENTS = (1, 32)
OURS = "ml_platform"
MODEL = "bench"
TREES, DEPTH, ROWS = 200, 6, 20_000


def main() -> None:
    """Measure every server, write the result."""
    with tempfile.TemporaryDirectory(prefix="serving_speed") as folder:
        scratch = Path(folder)
        artifact = scratch / "artifact"
        digest = make_artifact(artifact)
        servers = [ours(artifact, digest, scratch), *_peers(artifact, scratch)]
        expected = expected_score(artifact)
        found: dict[str, list[dict[str, object]]] = {server.name: [] for server in servers}
        for _ in range(ROUNDS):
            for server in servers:
                with running(server, expected, scratch / "server.log") as it:
                    found[server.name].append(measured(server, it, scratch))
    medians = {name: median_of(rounds) for name, rounds in found.items()}
    write_result("serving_speed", figures(medians), {"medians": medians, "rounds": found})


def make_artifact(folder: Path) -> str:
    """Fit the model and save it as a candidate is saved; returns the manifest's digest."""
    draw = np.random.default_rng(0)
    columns = {name: draw.normal(size=ROWS) for name in FEATURES}
    matrix = transform(columns)
    label = (matrix[:, 0] + matrix[:, 1] * matrix[:, 2] + draw.normal(size=ROWS) > 0).astype(int)
    data = xgb.DMatrix(matrix, label, feature_names=list(FEATURES))
    booster = xgb.train({"max_depth": DEPTH, "objective": "binary:logistic"}, data, TREES)
    few = {name: values[:16] for name, values in columns.items()}
    given = {
        "spec_resolved": {"name": MODEL, "task": "binary_classification", "key": []},
        "preprocess_name": transform.__module__,
        "feature_names": FEATURES,
        "input_columns": INPUTS,
        "threshold": 0.5,
    }
    save_artifact(folder, booster, **given)
    golden = GoldenRows(few, load_artifact(folder).score(few)).to_json(INPUTS)
    return save_artifact(folder, booster, **given, extra={"golden": golden, "key_columns": {}})


def ours(artifact: Path, digest: str, scratch: Path) -> Server:
    """This project's endpoint over the artifact, in a home of its own."""
    root, path = scratch / "home" / "serving", f"{VERSIONS}/1"
    folder = model_folder(root, MODEL) / path
    folder.parent.mkdir(parents=True)
    artifact.rename(folder)
    artifact.symlink_to(folder)
    write_deployment(root, Deployment(MODEL, 0, LiveVersion(1, path, digest)))
    port = free_port()
    serve = [
        sys.executable,
        "-m",
        "ml_platform.serving",
        MODEL,
        "--no-watch",
        "--workers",
        "1",
        "--max-workers",
        "1",
    ]
    body = {"dataframe_split": {"columns": FEATURES, "data": [ROW]}}
    env = {"ML_PLATFORM_HOME": str(scratch / "home")}
    return Server(OURS, [*serve, "--port", str(port)], port, "/invocations", body, env)


def measured(server: Server, it: Running, scratch: Path) -> dict[str, object]:
    """Latency and rate at each number of clients, CPU per request, memory, time to start."""
    request = scratch / "request"
    request.write_bytes(server.request)
    found: dict[str, object] = {"cold_start_s": round(it.cold_start, 3)}
    for clients in CLIENTS:
        _load(server.port, request, clients, WARM_UP)
        before = it.cpu_seconds()
        load = _load(server.port, request, clients, SECONDS)
        if load.refused:
            raise RuntimeError(f"{server.name} refused {load.refused} of {load.answers} requests")
        cpu = (it.cpu_seconds() - before) / load.answers
        found[str(clients)] = {
            "requests_per_second": round(load.requests_per_second),
            **{name: round(asdict(load)[name], 3) for name in ("p50", "p95", "p99")},
            "cpu_us_per_request": round(cpu * 1e6),
        }
    found["megabytes"] = max(it.megabytes().values())
    return found


def _load(port: int, request: Path, clients: int, seconds: float) -> Load:
    """In a process of its own, so that the client never waits for what this one does."""
    given = ["127.0.0.1", str(port), str(request), str(clients), str(seconds)]
    command = [sys.executable, "-m", "benchmarks.serving_client", *given]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Load(**json.loads(told))


def _peers(artifact: Path, scratch: Path) -> list[Server]:
    model = scratch / "mlflow_model"
    model.mkdir()
    write_mlflow_model(model, artifact, INPUTS, run_id="0" * 32, model_id="m-" + "0" * 32)
    return peers(artifact, model, scratch)


def median_of(rounds: Sequence[Mapping[str, object]]) -> dict[str, object]:
    """The median of each number over the rounds."""
    return {
        name: median_of([each[name] for each in rounds])  # type: ignore[misc]
        if isinstance(rounds[0][name], Mapping)
        else statistics.median(float(each[name]) for each in rounds)  # type: ignore[arg-type]
        for name in rounds[0]
    }


def figures(medians: Mapping[str, Mapping[str, object]]) -> list[Figure]:
    """The goals: many times the requests of the others, at lower latency, started at once."""
    own = medians[OURS]
    found = [
        Figure("seconds from start to the first right answer", _at(own, "cold_start_s"), "s", 2.0),
    ]
    goals = {"mlflow models serve": 20.0, "MLServer": 4.0}
    for name, peer in medians.items():
        if name == OURS:
            continue
        lower = 1.0 if name in goals or name == "BentoML" else None
        rate = _at(own, "32", "requests_per_second") / _at(peer, "32", "requests_per_second")
        found.append(
            Figure(f"requests/s at 32 clients / {name}", rate, "x", goals.get(name), at_least=True)
        )
        for clients in CLIENTS:
            p99 = _at(own, str(clients), "p99") / _at(peer, str(clients), "p99")
            said = "1 client" if clients == 1 else f"{clients} clients"
            found.append(Figure(f"p99 at {said} / {name}", p99, "x", lower))
        cpu = _at(own, "32", "cpu_us_per_request") / _at(peer, "32", "cpu_us_per_request")
        found.append(Figure(f"CPU per request at 32 clients / {name}", cpu, "x"))
    return found


def _at(found: Mapping[str, object], *path: str) -> float:
    value: object = found
    for name in path:
        assert isinstance(value, Mapping)
        value = value[name]
    return float(value)  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
