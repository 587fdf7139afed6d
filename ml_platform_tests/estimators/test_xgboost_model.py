"""Fitting in this process."""

import json
from typing import Any

import numpy as np
import pytest
from sklearn import metrics as sk

from ml_platform.core.errors import ConfigError, UserError
from ml_platform.core.task import REGRESSION
from ml_platform.estimators.xgboost_model import fit
from ml_platform_tests.estimators.toy_model import PARAMS, training_data
from ml_platform_tests.estimators.toy_preprocess import FEATURES


def test_the_declared_parameters_shape_the_trees() -> None:
    booster = fit(*training_data(500), {"n_estimators": 3, "max_depth": 1}, FEATURES)
    trees = booster.get_dump()
    assert len(trees) == 3
    assert all(tree.count("leaf") == 2 for tree in trees)
    assert booster.feature_names == list(FEATURES)


def test_the_number_of_threads_changes_nothing() -> None:
    one = fit(*training_data(), PARAMS, FEATURES, threads=1).save_raw("ubj")
    two = fit(*training_data(), PARAMS, FEATURES, threads=2).save_raw("ubj")
    assert one == two


@pytest.mark.parametrize("method", ["hist", "approx", "exact", "auto"])
def test_every_tree_method_fits(method: str) -> None:
    params = {"n_estimators": 2, "tree_method": method, "max_bin": 16}
    assert len(fit(*training_data(300), params, FEATURES).get_dump()) == 2


def test_infinities_are_fitted_as_the_largest_numbers() -> None:
    matrix, label = training_data(300)
    matrix[:5, 0] = np.inf
    assert fit(matrix, label, {"n_estimators": 2}, FEATURES).num_boosted_rounds() == 2


def test_a_parameter_xgboost_refuses_is_said_without_a_stack() -> None:
    with pytest.raises(ConfigError, match="max_depth") as refused:
        fit(*training_data(100), {"max_depth": -4}, FEATURES)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("label", [[], [0, 2], [0.5, 1.0], [np.nan, 1.0]])
def test_a_label_that_is_not_binary_is_refused(label: list[Any]) -> None:
    matrix = np.zeros((len(label), len(FEATURES)), dtype=np.float32)
    with pytest.raises(UserError, match="rows of 0 and 1 only"):
        fit(matrix, np.array(label), PARAMS, FEATURES)


def test_a_matrix_of_another_width_is_refused() -> None:
    matrix, label = training_data(100)
    with pytest.raises(UserError, match=r"shape \(100, 5\).*2 columns"):
        fit(matrix, label, PARAMS, ("a", "b"))


def amounts(rows: int = 2_000) -> tuple[np.ndarray, np.ndarray]:
    """Features of flights and an amount far from 0 that depends on the first of them."""
    matrix, _ = training_data(rows)
    noise = np.random.default_rng(0).normal(0, 50, rows)
    return matrix, 20_000 + 2 * np.nan_to_num(matrix[:, 0]) + noise


def test_a_regression_predicts_amounts_from_their_mean_on() -> None:
    matrix, amount = amounts()
    begun = fit(
        matrix, amount, {"n_estimators": 1, "learning_rate": 1e-9}, FEATURES, task=REGRESSION
    )
    assert begun.inplace_predict(matrix) == pytest.approx(np.full(2_000, amount.mean()), rel=1e-4)
    fitted = fit(matrix, amount, PARAMS, FEATURES, task=REGRESSION).inplace_predict(matrix)
    assert sk.r2_score(amount, fitted) > 0.95


def test_a_regression_may_have_another_error() -> None:
    matrix, amount = amounts(500)
    booster = fit(matrix, amount, {"objective": "reg:absoluteerror"}, FEATURES, task=REGRESSION)
    objective = json.loads(booster.save_config())["learner"]["objective"]["name"]
    assert objective == "reg:absoluteerror"


@pytest.mark.parametrize("label", [[], [np.nan, 1.0], [np.inf, 1.0]])
def test_a_label_that_is_no_number_is_refused(label: list[Any]) -> None:
    matrix = np.zeros((len(label), len(FEATURES)), dtype=np.float32)
    with pytest.raises(UserError, match="rows of finite numbers only"):
        fit(matrix, np.array(label), PARAMS, FEATURES, task=REGRESSION)
