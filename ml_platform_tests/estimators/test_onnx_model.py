"""The engine that a version was declared with: what it scores, and when it is refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from ml_platform.core.errors import ConfigError, StoreError
from ml_platform.estimators.artifact import MANIFEST_FILE, ONNX_FILE, load_artifact
from ml_platform.estimators.onnx_model import (
    FEW_ROWS,
    OnnxScoringModel,
    onnx_scores,
    with_declared_engine,
)
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform_tests.estimators.toy_model import Columns, flights
from ml_platform_tests.serving.toy_endpoint import served_artifact

ONNX = {"engine": "onnx"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An artifact with both engines' trees; not to be changed."""
    made = tmp_path_factory.mktemp("artifacts") / "1"
    served_artifact(made, seed=1, serving=ONNX)
    return made


@pytest.fixture(scope="module")
def model(folder: Path) -> ScoringModel:
    return with_declared_engine(load_artifact(folder), folder)


def few(count: int, seed: int = 0) -> Columns:
    return flights(count, seed=seed, nasty=True)


@pytest.mark.parametrize("count", [0, 1, 2, FEW_ROWS, FEW_ROWS + 1, 100])
def test_scores_and_decisions_have_the_bits_of_batch_scoring(
    model: ScoringModel, folder: Path, count: int
) -> None:
    batch = load_artifact(folder)
    for seed in range(30):
        columns = few(count, seed)
        scores = model.score(columns)
        assert scores.dtype == np.float64
        assert np.array_equal(scores.view(np.int64), batch.score(columns).view(np.int64))
        assert np.array_equal(model.decide(scores), batch.decide(scores))


def test_onnx_runtime_answers_few_rows_and_xgboost_all_others(
    model: ScoringModel, folder: Path, tmp_path: Path
) -> None:
    served_artifact(tmp_path, seed=2, serving=ONNX)
    other = OnnxScoringModel(
        **{name: getattr(model, name) for name in ScoringModel.__dataclass_fields__},
        few=onnx_scores(tmp_path / ONNX_FILE),
    )
    for count, same in ((FEW_ROWS, False), (FEW_ROWS + 1, True)):
        columns = few(count)
        assert np.array_equal(other.score(columns), model.score(columns)) is same
        assert np.array_equal(other.score(columns), load_artifact(tmp_path).score(columns)) != same


def test_batch_scoring_uses_xgboost_whatever_is_declared(folder: Path) -> None:
    assert type(load_artifact(folder)) is ScoringModel


def test_a_version_without_a_word_keeps_xgboost_and_has_no_onnx_model(tmp_path: Path) -> None:
    served_artifact(tmp_path)
    loaded = load_artifact(tmp_path)
    assert with_declared_engine(loaded, tmp_path) is loaded
    assert not (tmp_path / ONNX_FILE).exists()


def test_the_manifest_guards_the_onnx_model(tmp_path: Path) -> None:
    served_artifact(tmp_path, seed=1, serving=ONNX)
    assert ONNX_FILE in json.loads((tmp_path / MANIFEST_FILE).read_text())["sha256"]
    (tmp_path / ONNX_FILE).write_bytes(b"something else")
    with pytest.raises(StoreError, match=r"model\.onnx was altered after the model was saved"):
        load_artifact(tmp_path)


def test_an_artifact_that_lost_its_onnx_model_is_refused(tmp_path: Path) -> None:
    served_artifact(tmp_path, seed=1, serving=ONNX)
    loaded = load_artifact(tmp_path)
    (tmp_path / ONNX_FILE).unlink()
    with pytest.raises(StoreError, match=r"model\.onnx is missing"):
        with_declared_engine(loaded, tmp_path)


def test_without_onnx_runtime_the_command_to_install_it_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # which makes its import fail
    with pytest.raises(ConfigError, match=r"pip install 'ml_platform\[onnx\]', or train"):
        with_declared_engine(load_artifact(folder), folder)
