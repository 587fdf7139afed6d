"""A home whose endpoint serves a small real model, and the endpoint as a real process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from ml_platform.core.extreme_rows import extreme_rows
from ml_platform.core.golden_rows import GoldenRows, joined, shuffled_rows
from ml_platform.estimators.artifact import load_artifact, save_artifact
from ml_platform.estimators.input_columns import one_form
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform.estimators.xgboost_model import fit
from ml_platform.stores.deployment import (
    VERSIONS,
    Deployment,
    LiveRollout,
    LiveVersion,
    model_folder,
    write_deployment,
)
from ml_platform.stores.endpoint_address import read_address
from ml_platform_tests.estimators import toy_preprocess
from ml_platform_tests.estimators.toy_model import PARAMS, flights, training_data

MODEL = "flight_delay"
INPUTS = toy_preprocess.INPUTS
START_SECONDS = 600.0


def served_artifact(
    folder: Path,
    seed: int = 0,
    serving: Mapping[str, Any] | None = None,
    name: str = MODEL,
    inputs: Mapping[str, str] = INPUTS,
) -> str:
    """Fit and save a model as the endpoint takes it; versions differ by their seed.

    Inputs beyond those of the toy model are numbers that it asks for and makes nothing of.

    Returns:
        the digest of the manifest.
    """
    booster = fit(*training_data(), PARAMS | {"subsample": 0.7}, toy_preprocess.FEATURES, seed=seed)
    model = ScoringModel(
        booster, toy_preprocess.transform, inputs, toy_preprocess.FEATURES, 0.4, spec={}
    )
    made = {**{each: np.zeros(100) for each in inputs}, **flights(100)}
    drawn = shuffled_rows(one_form(made, inputs), 16)
    columns = joined(drawn, extreme_rows(inputs))
    golden = GoldenRows(columns, model.score(columns))
    return save_artifact(
        folder,
        booster,
        spec_resolved={
            "name": name,
            "task": "binary_classification",
            "key": ["flight", "carrier"],
            "serving": dict(serving or {}),
        },
        preprocess_name=toy_preprocess.__name__,
        feature_names=toy_preprocess.FEATURES,
        input_columns=inputs,
        threshold=0.4,
        extra={
            "golden": golden.to_json(inputs),
            "key_columns": {"flight": "string", "carrier": "string"},
        },
    )


def held(
    root: Path,
    version: int,
    serving: Mapping[str, Any] | None = None,
    name: str = MODEL,
    inputs: Mapping[str, str] = INPUTS,
) -> LiveVersion:
    """Put a version into the deployment folder; its number is its seed."""
    path = f"{VERSIONS}/{version}"
    digest = served_artifact(model_folder(root, name) / path, version, serving, name, inputs)
    return LiveVersion(version, path, digest)


def make_live(
    root: Path,
    champion: LiveVersion | None,
    previous: LiveVersion | None = None,
    rollout: LiveRollout | None = None,
    name: str = MODEL,
) -> Deployment:
    """Have the endpoint answer with these versions."""
    return write_deployment(root, Deployment(name, 0, champion, previous, rollout))


def scoring(root: Path, version: LiveVersion, name: str = MODEL) -> ScoringModel:
    """The model of a version, as batch scoring loads it."""
    return load_artifact(model_folder(root, name) / version.path, version.manifest_sha256)


def rows(count: int, seed: int = 0) -> dict[str, list[Any]]:
    """Made flights as JSON values."""
    columns = flights(count, seed)
    return {name: [_plain(value) for value in values] for name, values in columns.items()}


def invocation(columns: Mapping[str, list[Any]]) -> dict[str, Any]:
    """A body for /invocations."""
    data = [list(row) for row in zip(*columns.values(), strict=True)]
    return {"dataframe_split": {"columns": list(columns), "data": data}}


def _plain(value: Any) -> Any:
    if isinstance(value, np.datetime64):
        return str(value)
    return value.item() if isinstance(value, np.generic) else value


@dataclass(frozen=True)
class RunningEndpoint:
    """A server process and where it answers."""

    url: str
    process: subprocess.Popen[bytes]
    home: Path
    seconds_to_start: float

    @property
    def root(self) -> Path:
        """The serving root."""
        return self.home / "serving"


def environment(home: Path) -> dict[str, str]:
    """What the server process sees."""
    return {**os.environ, "ML_PLATFORM_HOME": str(home), "OMP_NUM_THREADS": "1"}


@contextmanager
def running(home: Path, *arguments: str, wait: str = "ready") -> Iterator[RunningEndpoint]:
    """Start the endpoint on a free port, wait until it is live or ready, stop it at the end."""
    command = [sys.executable, "-m", "ml_platform.serving", "--port", "0", *arguments]
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment(home), process_group=0)
    try:
        url = _url_once_answering(process, home, wait)
        yield RunningEndpoint(url, process, home, time.monotonic() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise


def _url_once_answering(process: subprocess.Popen[bytes], home: Path, wait: str) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the endpoint ended before it was ready"
        address = read_address(home / "serving")
        if address is not None and address.pid == process.pid and _answers(address.url, wait):
            return address.url
        time.sleep(0.02)
    raise AssertionError("the endpoint was not ready in time")


def _answers(url: str, wait: str) -> bool:
    try:
        return httpx.get(f"{url}/v2/health/{wait}", verify=False).status_code == 200
    except httpx.TransportError:
        return False


def asked(url: str, columns: Mapping[str, list[Any]], **options: Any) -> httpx.Response:
    """The answer of /invocations to these rows."""
    if url.startswith("http:"):
        options.setdefault("verify", False)  # the certificates of the world take .03 s to read
    return httpx.post(f"{url}/invocations", json=invocation(columns), **options)


def printed(response: httpx.Response) -> str:
    """An answer for a failing test's message."""
    return json.dumps({"status": response.status_code, "body": response.text[:500]})
