"""An endpoint whose model declares `serving.engine: onnx`, as clients and operators meet it."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from ml_platform.core.errors import ConfigError, StoreError
from ml_platform.estimators.artifact import MANIFEST_FILE, ONNX_FILE
from ml_platform.estimators.onnx_model import FEW_ROWS, OnnxScoringModel
from ml_platform.serving.served_model import ServedModel, load_served_model
from ml_platform.stores.deployment import LiveVersion, model_folder
from ml_platform_tests.serving.toy_endpoint import (
    MODEL,
    RunningEndpoint,
    asked,
    held,
    invocation,
    make_live,
    rows,
    running,
    scoring,
)

ONNX = {"engine": "onnx"}


@pytest.fixture(scope="module")
def onnx_version(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LiveVersion]:
    """A home and the version that it answers with."""
    home = tmp_path_factory.mktemp("home")
    made = held(home / "serving", 3, ONNX)
    make_live(home / "serving", made)
    return home, made


@pytest.fixture(scope="module")
def onnx_endpoint(onnx_version: tuple[Path, LiveVersion]) -> Iterator[RunningEndpoint]:
    with running(onnx_version[0], MODEL, "--workers", "1", "--no-watch") as served:
        yield served


def loaded(root: Path, version: LiveVersion) -> ServedModel:
    return load_served_model(model_folder(root, MODEL), MODEL, version, lambda *_: None)


def test_requests_of_any_size_get_the_bits_of_batch_scoring(
    onnx_endpoint: RunningEndpoint, onnx_version: tuple[Path, LiveVersion]
) -> None:
    batch = scoring(onnx_endpoint.root, onnx_version[1])
    for count in (1, 2, FEW_ROWS, FEW_ROWS + 1, 200):
        columns = rows(count, seed=count)
        answered = asked(onnx_endpoint.url, columns).json()["predictions"]
        assert [each["score"] for each in answered] == batch.score(columns).tolist()


def test_requests_at_once_get_the_bits_of_batch_scoring(
    onnx_endpoint: RunningEndpoint, onnx_version: tuple[Path, LiveVersion]
) -> None:
    batch, columns = scoring(onnx_endpoint.root, onnx_version[1]), rows(400)
    single = [{name: [values[row]] for name, values in columns.items()} for row in range(400)]

    with httpx.Client(base_url=onnx_endpoint.url) as client, ThreadPoolExecutor(24) as clients:

        def score(row: dict[str, list[Any]]) -> float:
            answered = client.post("/invocations", json=invocation(row)).json()
            return float(answered["predictions"][0]["score"])

        assert list(clients.map(score, single)) == batch.score(columns).tolist()


def test_the_model_says_which_engine_answers(onnx_endpoint: RunningEndpoint) -> None:
    said = httpx.get(f"{onnx_endpoint.url}/v2/models/{MODEL}").json()
    assert said["platform"] == "ml_platform_onnx"


def test_trees_that_miss_the_golden_rows_are_not_served(tmp_path: Path) -> None:
    one, two = held(tmp_path, 1, ONNX), held(tmp_path, 2, ONNX)
    folder = model_folder(tmp_path, MODEL)
    shutil.copy(folder / two.path / ONNX_FILE, folder / one.path / ONNX_FILE)
    manifest = folder / one.path / MANIFEST_FILE
    digests = json.loads(manifest.read_text())["sha256"]
    digests[ONNX_FILE] = _sha256(folder / two.path / ONNX_FILE)
    manifest.write_text(json.dumps({"sha256": digests}))
    with pytest.raises(StoreError, match=r"golden rows otherwise than when it was made"):
        loaded(tmp_path, LiveVersion(1, one.path, _sha256(manifest)))


def test_without_onnx_runtime_the_version_is_not_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = held(tmp_path, 1, ONNX)
    assert isinstance(loaded(tmp_path, version).model, OnnxScoringModel)
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # which makes its import fail
    with pytest.raises(ConfigError, match=r"needs the package onnxruntime"):
        loaded(tmp_path, version)


def test_a_version_that_declares_nothing_is_scored_by_xgboost(tmp_path: Path) -> None:
    served = loaded(tmp_path, held(tmp_path, 1))
    assert not isinstance(served.model, OnnxScoringModel)
    assert np.isfinite(served.model.score(rows(1))).all()


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
