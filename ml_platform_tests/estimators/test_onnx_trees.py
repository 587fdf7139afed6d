"""Trees written for ONNX Runtime give the bits of XGBoost, or are refused."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xgboost as xgb
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ml_platform.core.errors import ConfigError
from ml_platform.estimators.dense_prediction import predict_dense
from ml_platform.estimators.onnx_model import FEW_ROWS, onnx_scores
from ml_platform.estimators.onnx_trees import LOGISTIC, PLAIN, onnx_model, require_onnx

FEATURES = 6
LARGEST = float(np.finfo(np.float32).max)
EXTREMES = [0.0, -0.0, -1.0, 1e30, -1e30, LARGEST, -LARGEST, 1e-45, -1e-45, 9999.0, float("nan")]
Matrix = NDArray[np.float32]


def rows(count: int, seed: int = 0) -> Matrix:
    draw = np.random.default_rng(seed)
    made = draw.normal(size=(count, FEATURES)).astype(np.float32)
    made[:, 0] = draw.integers(-1, 9, count)  # codes, -1 for what is unknown
    made[draw.random(made.shape) < 0.1] = np.nan
    return made


def booster(objective: str = "binary:logistic", rounds: int = 40, **params: Any) -> xgb.Booster:
    matrix = rows(3000)
    draw = np.random.default_rng(1)
    value = np.nan_to_num(matrix[:, 0]) + np.nan_to_num(matrix[:, 1] * matrix[:, 2])
    value += draw.normal(size=len(matrix))
    decides = objective in LOGISTIC or objective == "count:poisson"
    label = (value > 3).astype(float) if decides else value * 50
    own = {"objective": objective, "nthread": 1, "max_depth": 5, **params}
    return xgb.train(own, xgb.DMatrix(matrix, label, nthread=1), rounds)


def beside_the_thresholds(fitted: xgb.Booster, count: int) -> Matrix:
    """Values that are thresholds, or the next float32 above or below one."""
    matrix, draw = rows(count, seed=2), np.random.default_rng(3)
    model = json.loads(fitted.save_raw("json"))["learner"]["gradient_booster"]["model"]
    splits = [
        (feature, value)
        for tree in model["trees"]
        for feature, value, left in zip(
            tree["split_indices"], tree["split_conditions"], tree["left_children"], strict=True
        )
        if left >= 0
    ]
    for feature in range(FEATURES):
        found = np.array([value for of, value in splits if of == feature], dtype=np.float32)
        if len(found):
            chosen = draw.choice(found, count)
            ways = (chosen, np.nextafter(chosen, np.float32(9e9)), np.nextafter(chosen, -9e9))
            matrix[:, feature] = np.choose(draw.integers(0, 3, count), ways)
    return matrix


def extremes(count: int) -> Matrix:
    drawn = np.random.default_rng(4).choice(np.array(EXTREMES, np.float32), (count, FEATURES))
    return np.concatenate([drawn, np.full((1, FEATURES), np.nan, np.float32)])


def differing(fitted: xgb.Booster, folder: Path, matrix: Matrix, size: int) -> int:
    file = folder / "model.onnx"
    file.write_bytes(onnx_model(fitted))
    scores = onnx_scores(file)
    fitted.set_param({"nthread": 1})
    online = np.concatenate([scores(matrix[i : i + size]) for i in range(0, len(matrix), size)])
    batch = predict_dense(fitted, np.ascontiguousarray(matrix))
    assert online.dtype == batch.dtype == np.float32
    assert len(np.unique(batch)) > 1
    return int((online.view(np.int32) != batch.view(np.int32)).sum())


@pytest.mark.parametrize("size", [1, 2, 7, FEW_ROWS])
@pytest.mark.parametrize("objective", LOGISTIC + PLAIN)
def test_every_row_has_the_bits_of_xgboost(objective: str, size: int, tmp_path: Path) -> None:
    fitted = booster(objective)
    matrix = np.concatenate([rows(500, 9), beside_the_thresholds(fitted, 500), extremes(200)])
    assert differing(fitted, tmp_path, matrix, size) == 0


@pytest.mark.parametrize(
    "params",
    [
        {"gamma": 20.0, "tree_method": "exact"},  # pruned nodes stay in XGBoost's lists
        {"num_parallel_tree": 3, "subsample": 0.6},
        {"base_score": 0.97},
        {"max_depth": 1, "eta": 1.0},
        {"max_depth": 0, "max_leaves": 31, "grow_policy": "lossguide", "tree_method": "hist"},
        {"scale_pos_weight": 1e6, "eta": 5.0, "lambda": 0.0},  # scores at the ends of 0 to 1
    ],
)
def test_trees_of_any_shape_have_the_bits_of_xgboost(
    params: dict[str, Any], tmp_path: Path
) -> None:
    fitted = booster(**params)
    matrix = np.concatenate([rows(500, 9), beside_the_thresholds(fitted, 500), extremes(200)])
    assert differing(fitted, tmp_path, matrix, 1) == 0
    assert differing(fitted, tmp_path, matrix, FEW_ROWS) == 0


def test_all_trees_take_part_whatever_the_best_iteration_was(tmp_path: Path) -> None:
    matrix, label = rows(400), np.arange(400) % 2
    data = xgb.DMatrix(matrix, label, nthread=1)
    other = xgb.DMatrix(matrix, 1 - label, nthread=1)
    fitted = xgb.train(
        {"objective": "binary:logistic", "nthread": 1},
        data,
        30,
        evals=[(other, "other")],
        early_stopping_rounds=10,
        verbose_eval=False,
    )
    assert fitted.best_iteration + 1 < fitted.num_boosted_rounds()
    assert differing(fitted, tmp_path, rows(300, 5), 1) == 0


@pytest.fixture(scope="module")
def fitted() -> xgb.Booster:
    made = booster()
    made.set_param({"nthread": 1})
    return made


@pytest.fixture(scope="module")
def written(fitted: xgb.Booster, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("onnx") / "model.onnx"
    file.write_bytes(onnx_model(fitted))
    return file


_values = st.floats(width=32, allow_nan=True, allow_infinity=False)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(_values, min_size=FEATURES, max_size=FEATURES), min_size=1, max_size=16))
def test_any_float32_has_the_bits_of_xgboost(
    fitted: xgb.Booster, written: Path, drawn: list[list[float]]
) -> None:
    matrix = np.array(drawn, dtype=np.float32)
    online, batch = onnx_scores(written)(matrix), predict_dense(fitted, matrix)
    assert (online.view(np.int32) == batch.view(np.int32)).all()


def test_an_objective_that_is_not_known_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"does not know the objective count:poisson; it knows"):
        onnx_model(booster("count:poisson", 2))


@pytest.mark.parametrize(
    ("params", "rounds"), [({"booster": "dart"}, 2), ({"booster": "gblinear"}, 2), ({}, 0)]
)
def test_what_is_not_a_sum_of_trees_is_refused(params: dict[str, Any], rounds: int) -> None:
    matrix, label = rows(100), np.arange(100) % 2
    own = {"objective": "binary:logistic", "nthread": 1, **params}
    made = xgb.train(own, xgb.DMatrix(np.nan_to_num(matrix), label, nthread=1), rounds)
    with pytest.raises(ConfigError, match=r"at least one tree, with numeric splits"):
        onnx_model(made)


def test_splits_by_category_are_refused() -> None:
    codes = np.arange(200, dtype=np.float32) % 5
    data = xgb.DMatrix(
        codes[:, None], codes == 2, feature_types=["c"], enable_categorical=True, nthread=1
    )
    made = xgb.train({"objective": "binary:logistic", "nthread": 1}, data, 3)
    with pytest.raises(ConfigError, match=r"with numeric splits"):
        onnx_model(made)


def test_without_the_package_the_command_to_install_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "onnx", None)  # which makes its import fail
    with pytest.raises(ConfigError, match=r"pip install 'ml_platform\[onnx\]'"):
        require_onnx()
