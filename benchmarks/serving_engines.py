"""XGBoost and ONNX Runtime: time of a call by its rows, and what it is worth in the endpoint.

python -m benchmarks.serving_engines

The model of `serving_speed` on one thread. A call gets rows that were not scored just before: the
same rows again cost a fraction, because the processor has learned their branches. Endpoints with
either engine, one worker each and the durable log on, run side by side and are asked in turns.
Their client sends one row over and over, which is kind to both.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.figure import Figure, write_result
from benchmarks.serving_client import load
from benchmarks.serving_features import FEATURES
from benchmarks.serving_peers import Running, Server, expected_score, running
from benchmarks.serving_speed import make_artifact, ours
from ml_platform.estimators.artifact import ONNX_FILE, load_artifact, save_artifact
from ml_platform.estimators.dense_prediction import predict_dense
from ml_platform.estimators.onnx_model import FEW_ROWS, onnx_scores
from ml_platform.estimators.scoring_model import ScoringModel

ENGINES = ("xgboost", "onnx")
BATCHES = (1, 2, 4, 8, 16, 32, 100, 1000)
ROWS, CALLS, ROUNDS = 20_000, 1000, 9
CLIENTS, SLICES, SECONDS = (1, 8, 32), 6, 1.0

Matrix = NDArray[np.float32]
Score = Callable[[Matrix], NDArray[Any]]


def main() -> None:
    """Measure calls and endpoints, write the result."""
    with tempfile.TemporaryDirectory(prefix="serving_engines") as folder:
        artifacts = {engine: Path(folder, engine, "artifact") for engine in ENGINES}
        digests = _saved(artifacts)
        model = load_artifact(artifacts["onnx"])
        onnx = onnx_scores(artifacts["onnx"] / ONNX_FILE)
        calls = {size: _microseconds(size, _engines(model, onnx)) for size in BATCHES}
        different = _different(model, onnx)
        served = _served(artifacts, digests)
    details = {
        "microseconds_per_call": calls,
        "served": served,
        "rows_compared": ROWS,
        "onnx_scores_up_to_rows": FEW_ROWS,
    }
    write_result("serving_engines", _figures(calls, served, different), details)


def _saved(artifacts: Mapping[str, Path]) -> dict[str, str]:
    """The same trees, declared with either engine; the digests of the manifests."""
    digests = {}
    for engine, folder in artifacts.items():
        make_artifact(folder)
        made = load_artifact(folder)
        digests[engine] = save_artifact(
            folder,
            made.booster,
            spec_resolved={**made.spec["spec"], "serving": {"engine": engine}},
            preprocess_name=made.spec["preprocess"],
            feature_names=made.feature_names,
            input_columns=made.input_columns,
            threshold=made.threshold,
            extra={name: made.spec[name] for name in ("golden", "key_columns")},
        )
    return digests


def _engines(model: ScoringModel, onnx: Score) -> dict[str, Score]:
    booster = model.booster
    return {
        "xgboost inplace_predict": lambda rows: booster.inplace_predict(
            rows, validate_features=False
        ),
        "xgboost": lambda rows: predict_dense(booster, rows),
        "onnx": onnx,
    }


def _microseconds(size: int, engines: Mapping[str, Score]) -> dict[str, float]:
    """The median over rounds in which the engines take turns."""
    rows = _rows()
    count = min(CALLS, ROWS // size)
    parts = [np.ascontiguousarray(rows[i * size : (i + 1) * size]) for i in range(count)]
    found = defaultdict(list)
    for _ in range(ROUNDS):
        for name, score in engines.items():
            score(parts[0])
            began = time.perf_counter()
            for part in parts:
                score(part)
            found[name].append((time.perf_counter() - began) / count * 1e6)
    return {name: round(statistics.median(each), 1) for name, each in found.items()}


def _different(model: ScoringModel, onnx: Score) -> int:
    rows = _rows()
    parts = [onnx(rows[i : i + FEW_ROWS]) for i in range(0, ROWS, FEW_ROWS)]
    batch = predict_dense(model.booster, rows)
    return int((np.concatenate(parts).view(np.int32) != batch.view(np.int32)).sum())


def _rows() -> Matrix:
    draw = np.random.default_rng(7)
    rows = draw.normal(size=(ROWS, len(FEATURES))).astype(np.float32)
    rows[draw.random(rows.shape) < 0.05] = np.nan
    return rows


def _served(
    artifacts: Mapping[str, Path], digests: Mapping[str, str]
) -> dict[str, dict[str, dict[str, float]]]:
    """By number of clients and engine: requests/s, latency, CPU per request; medians of slices."""
    with ExitStack() as stack:
        endpoints = {}
        for engine, artifact in artifacts.items():
            server = ours(artifact, digests[engine], artifact.parent)
            expected, log = expected_score(artifact), artifact.parent / "log"
            endpoints[engine] = server, stack.enter_context(running(server, expected, log))
        found = {}
        for clients in CLIENTS:
            slices: dict[str, list[dict[str, float]]] = defaultdict(list)
            for _ in range(SLICES):
                for engine, (server, it) in endpoints.items():
                    slices[engine].append(_asked(server, it, clients))
            found[str(clients)] = {engine: _medians(each) for engine, each in slices.items()}
        for engine, (_, it) in endpoints.items():
            found.setdefault("megabytes", {})[engine] = {"most": max(it.megabytes().values())}
    return found


def _asked(server: Server, it: Running, clients: int) -> dict[str, float]:
    before = it.cpu_seconds()
    told = load(("127.0.0.1", server.port), server.request, clients, SECONDS, warm_up=0.0)
    if told.refused:
        raise RuntimeError(f"{told.refused} of {told.answers} requests were refused")
    cpu = (it.cpu_seconds() - before) / told.answers * 1e6
    return {
        "requests_per_second": told.requests_per_second,
        "p50_ms": told.p50,
        "p99_ms": told.p99,
        "cpu_us_per_request": cpu,
    }


def _medians(slices: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(each[name] for each in slices), 3) for name in slices[0]}


def _figures(
    calls: Mapping[int, Mapping[str, float]],
    served: Mapping[str, Mapping[str, Mapping[str, float]]],
    different: int,
) -> list[Figure]:
    found = [Figure(f"rows of {ROWS:,} with other bits by ONNX Runtime", different, "n", 0)]
    for size, each in calls.items():
        said = f"time of ONNX Runtime / XGBoost for {size} row{'s' if size > 1 else ''}"
        found.append(Figure(said, each["onnx"] / each["xgboost"], "x", 1 if size == 1 else None))
    for clients in map(str, CLIENTS):
        by = served[clients]
        many = "1 client" if clients == "1" else f"{clients} clients"
        for what, name in (("median latency", "p50_ms"), ("CPU", "cpu_us_per_request")):
            said = f"{what} of a request at {many}, engine onnx / xgboost"
            found.append(Figure(said, by["onnx"][name] / by["xgboost"][name], "x"))
    return found


if __name__ == "__main__":
    main()
