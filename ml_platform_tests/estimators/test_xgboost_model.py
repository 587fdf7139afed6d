"""Fitting in this process."""

from typing import Any

import numpy as np
import pytest

from ml_platform.core.errors import ConfigError, UserError
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
