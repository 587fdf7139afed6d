"""One small tree that cuts the features and the score into regions of unlike rates or errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ml_platform.core.estimation.fitting import Regions
from ml_platform.core.task import BINARY_CLASSIFICATION, REGRESSION, Task
from ml_platform.estimators.xgboost_model import fit

if TYPE_CHECKING:
    from xgboost import Booster

MOST_LEAVES = 64
ROWS_A_LEAF = 200
"""Fewer say too little of a rate: 200 rows at a rate of .2 leave a standard error of .03."""


def grow_regions(features: npt.NDArray[np.float32], label: npt.NDArray[Any]) -> Regions:
    """Cut regions by the best splits first, as far as there are rows for them.

    Args:
        features: Shape [n, columns], NaN for missing.
        label: 0 or 1, shape [n].
    """
    # The weight of a row is the variance of its label here.
    return _grown(features, label, {"min_child_weight": 20}, BINARY_CLASSIFICATION)


def grow_error_regions(features: npt.NDArray[np.float32], error: npt.NDArray[Any]) -> Regions:
    """Cut regions of unlike sizes of error.

    Args:
        features: Shape [n, columns], NaN for missing.
        error: Predicted minus actual, shape [n].
    """
    return _grown(features, np.abs(error), {"min_child_weight": ROWS_A_LEAF / 2}, REGRESSION)


def _grown(
    features: npt.NDArray[np.float32],
    target: npt.NDArray[Any],
    params: Mapping[str, Any],
    task: Task,
) -> Regions:
    booster = fit(
        features,
        target,
        {
            "n_estimators": 1,
            "grow_policy": "lossguide",
            "max_depth": 0,
            "max_leaves": max(2, min(MOST_LEAVES, len(target) // ROWS_A_LEAF)),
            "learning_rate": 1.0,
            **params,
        },
        [str(column) for column in range(features.shape[1])],
        threads=1,
        task=task,
    )
    return Regions(tree=bytes(booster.save_raw("ubj")), leaf_of=lambda rows: _leaf(booster, rows))


def load_regions(tree: bytes) -> Regions:
    """A tree as it was kept."""
    import xgboost as xgb

    booster = xgb.Booster(model_file=bytearray(tree))
    booster.set_param({"nthread": 1})
    return Regions(tree=tree, leaf_of=lambda rows: _leaf(booster, rows))


def _leaf(booster: Booster, features: npt.NDArray[np.float32]) -> npt.NDArray[np.intp]:
    import xgboost as xgb

    if not len(features):
        return np.empty(0, dtype=np.intp)
    matrix = xgb.DMatrix(features, feature_names=booster.feature_names)
    found: npt.NDArray[np.intp] = (
        booster.predict(matrix, pred_leaf=True).astype(np.intp).reshape(len(features))
    )
    return found
