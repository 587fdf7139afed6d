"""The same rows through batch scoring and through the real endpoint, before anybody relies on both.

The endpoint runs as it does for everybody: a process of its own, answering HTTP on loopback; only
its folder is a passing one, and it serves the one version that is looked at.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyspark.sql import SparkSession

from ml_platform.core.column_kind import ColumnKind, column_kind
from ml_platform.core.errors import StoreError
from ml_platform.core.parity import ROWS_TO_REPLAY, Parity, compare_scores
from ml_platform.core.replay_rows import replay_rows
from ml_platform.core.serving_spec import declared_engine
from ml_platform.estimators.artifact import load_artifact
from ml_platform.estimators.onnx_model import FEW_ROWS
from ml_platform.lifecycle.model import Model
from ml_platform.spark.scoring import score_frame
from ml_platform.stores.deployment import (
    VERSIONS,
    Deployment,
    LiveVersion,
    model_folder,
    write_deployment,
)
from ml_platform.stores.endpoint_address import read_address
from ml_platform.stores.registered_version import RegisteredVersion

Columns = Mapping[str, NDArray[Any]]

_START_SECONDS = 600.0
_STOP_SECONDS = 15.0
_REQUEST_SECONDS = 600.0
_ROW = "row"


def replay(
    model: Model, version: RegisteredVersion, columns: Columns, spark: SparkSession
) -> Parity:
    """Score `ROWS_TO_REPLAY` rows or more in batch and online, and compare.

    Args:
        model: whose version.
        version: any that is registered; it need not have a role.
        columns: real rows to draw values from, in the form preprocessing takes.
        spark: the session that scores in batch.

    Raises:
        StoreError: the endpoint does not start, or refuses rows that its contract allows.
    """
    rows = replay_rows(columns, model.inputs, ROWS_TO_REPLAY)
    batch = scores_in_batch(model.inputs, version, rows, spark)
    online, decided = scores_online(model, version, rows)
    if decided is None:
        return compare_scores(batch, online)
    threshold = load_artifact(version.path, version.manifest_sha256).threshold
    return compare_scores(batch, online, ((batch >= threshold).astype(np.int64), decided))


def scores_in_batch(
    inputs: Mapping[str, str], version: RegisteredVersion, columns: Columns, spark: SparkSession
) -> NDArray[np.float64]:
    """Scores by the very function that scores a day, in the order of the rows."""
    order = np.arange(len(next(iter(columns.values()))))
    arrays = {name: pa.array(columns[name], _arrow_type(dtype)) for name, dtype in inputs.items()}
    frame = spark.createDataFrame(pa.table({_ROW: order, **arrays}))
    load = partial(load_artifact, Path(version.path), version.manifest_sha256)
    scored = score_frame(frame, inputs, load).select(_ROW, "score").toArrow()
    return np.asarray(scored.sort_by(_ROW)["score"].to_numpy(), dtype=np.float64)


def scores_online(
    model: Model, version: RegisteredVersion, columns: Columns
) -> tuple[NDArray[np.float64], NDArray[np.int64] | None]:
    """Scores and, where the model decides, decisions of the endpoint, in the order of the rows.

    Raises:
        StoreError: as `replay`.
    """
    values = {name: as_json(columns[name], dtype) for name, dtype in model.inputs.items()}
    count, most = len(next(iter(values.values()))), _most_rows(model, version)
    answers: list[dict[str, Any]] = []
    with endpoint_of(model.name, version) as url, httpx.Client(timeout=_REQUEST_SECONDS) as client:
        # Requests of many sizes: how rows are put together must not matter either.
        start, size = 0, 1
        while start < count:
            part = {name: column[start : start + size] for name, column in values.items()}
            answers += _answered(client.post(f"{url}/invocations", json={"inputs": part}))
            start, size = start + size, min(size * 3, most)
    scores = np.array([each["score"] for each in answers], dtype=np.float64)
    if "decision" not in answers[0]:
        return scores, None
    return scores, np.array([each["decision"] for each in answers], dtype=np.int64)


def _most_rows(model: Model, version: RegisteredVersion) -> int:
    """In one request; where ONNX Runtime scores requests of few rows, all are of few rows."""
    most = min(model.spec.serving.limits.rows, 2000)
    spec = load_artifact(version.path, version.manifest_sha256).spec["spec"]
    return min(most, FEW_ROWS) if declared_engine(spec) == "onnx" else most


def as_json(values: NDArray[Any], dtype: str) -> list[Any]:
    """A column as a client writes it; missing values are null."""
    if column_kind(dtype) is ColumnKind.NUMBER:
        return [None if np.isnan(value) else value for value in values.tolist()]
    if column_kind(dtype) is ColumnKind.TIME:
        return [None if np.isnat(value) else str(value) for value in values]
    return list(values.tolist())


def _answered(response: httpx.Response) -> list[dict[str, Any]]:
    if response.status_code != 200:
        raise StoreError(
            f"the endpoint refused rows of the replay with {response.status_code}: "
            f"{response.text[:500]}"
        )
    return list(response.json()["predictions"])


@contextmanager
def endpoint_of(
    name: str, version: RegisteredVersion, start_seconds: float = _START_SECONDS
) -> Iterator[str]:
    """Serve one version on loopback for as long as this is open; gives the address.

    Args:
        name: of the model.
        version: to serve.
        start_seconds: how long it may take to be ready.

    Raises:
        StoreError: it is not ready in time; the message holds the end of what it printed.
    """
    with tempfile.TemporaryDirectory(prefix="ml_platform_replay_") as folder:
        home = Path(folder)
        root, path = home / "serving", f"{VERSIONS}/{version.version}"
        shutil.copytree(version.path, model_folder(root, name) / path)
        live = LiveVersion(version.version, path, version.manifest_sha256)
        write_deployment(root, Deployment(name, 0, live))
        with (home / "endpoint.log").open("wb") as printed:
            process = subprocess.Popen(
                [sys.executable, "-m", "ml_platform.serving", name, "--port", "0", "--no-watch"],
                env=_environment(home),
                stdin=subprocess.DEVNULL,
                stdout=printed,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        try:
            yield _once_ready(process, root, home / "endpoint.log", start_seconds)
        finally:
            _stop(process)


def _environment(home: Path) -> dict[str, str]:
    """This process's own, but for where the endpoint's state goes and who else it asks."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("ML_PLATFORM")}
    return {**ours, "ML_PLATFORM_HOME": str(home)}


def _once_ready(process: subprocess.Popen[bytes], root: Path, log: Path, seconds: float) -> str:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        address = read_address(root)
        if address is not None and _ready(address.url):
            return address.url
        time.sleep(0.02)
    raise StoreError(
        f"the endpoint was not ready for the replay. It printed: {log.read_text()[-2000:]}"
    )


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/v2/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _arrow_type(dtype: str) -> pa.DataType:
    return {
        ColumnKind.NUMBER: pa.float64(),
        ColumnKind.TEXT: pa.string(),
        ColumnKind.TIME: pa.timestamp("us"),
    }[column_kind(dtype)]
