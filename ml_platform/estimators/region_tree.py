"""One small tree that cuts the features and the score into regions of unlike label rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ml_platform.core.estimation.fitting import Regions
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
    booster = fit(
        features,
        label,
        {
            "n_estimators": 1,
            "grow_policy": "lossguide",
            "max_depth": 0,
            "max_leaves": max(2, min(MOST_LEAVES, len(label) // ROWS_A_LEAF)),
            "learning_rate": 1.0,
            "min_child_weight": 20,
        },
        [str(column) for column in range(features.shape[1])],
        threads=1,
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
