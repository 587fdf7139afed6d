"""Gradient-boosted trees fitted in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ml_platform.core.errors import ConfigError, UserError
from ml_platform.core.task import BINARY_CLASSIFICATION, Task
from ml_platform.estimators.feature_matrix import feature_matrix

if TYPE_CHECKING:
    from xgboost import Booster

DEFAULT_ROUNDS = 100
"""Trees grown where `n_estimators` is not declared, as in XGBoost's scikit-learn interface."""


OBJECTIVES = {"binary_classification": "binary:logistic", "regression": "reg:squarederror"}
"""By task; a regression may declare another one."""


def booster_params(
    params: Mapping[str, Any], seed: int, task: Task = BINARY_CLASSIFICATION
) -> tuple[dict[str, Any], int]:
    """Split declared parameters into the booster's own and the number of rounds.

    The seed comes from the platform, and the objective from the task where none is declared: the
    same declaration and the same rows give the same trees. Where `base_score` is not declared,
    XGBoost takes the one that fits the labels best before there is a tree.

    >>> booster_params({"n_estimators": 5, "max_depth": 3}, seed=1)[1]
    5
    """
    own = {"tree_method": "hist", **params}
    rounds = int(own.pop("n_estimators", DEFAULT_ROUNDS))
    return {"objective": OBJECTIVES[task.name], **own, "seed": seed, "verbosity": 1}, rounds


def fit(
    matrix: npt.NDArray[np.float32],
    label: npt.NDArray[Any],
    params: Mapping[str, Any],
    feature_names: Sequence[str],
    seed: int = 0,
    threads: int | None = None,
    task: Task = BINARY_CLASSIFICATION,
) -> Booster:
    """Fit trees on `matrix` [rows, features] and `label` [rows]: 0 and 1, or numbers to predict.

    Missing values are NaN. `threads` is a limit on the cores used; without it, all of them.

    Raises:
        UserError: there is no row, or the label holds what the task does not know: anything but
            0 and 1, or what is not finite.
        ConfigError: XGBoost refuses the parameters; the message is its own.
    """
    import xgboost as xgb

    _require_labels(label, task)
    own, rounds = booster_params(params, seed, task)
    if threads is not None:
        own["nthread"] = threads
    try:
        return xgb.train(own, _training_data(matrix, label, own, feature_names), rounds)
    except xgb.core.XGBoostError as error:
        raise ConfigError(f"XGBoost refused the training: {_first_line(error)}") from error


def _require_labels(label: npt.NDArray[Any], task: Task) -> None:
    if task.decides and not (len(label) and np.isin(label, (0, 1)).all()):
        raise UserError("the label of a binary classification must hold rows of 0 and 1 only")
    if not task.decides and not (len(label) and np.isfinite(label).all()):
        raise UserError("the label of a regression must hold rows of finite numbers only")


def _training_data(
    matrix: npt.NDArray[np.float32],
    label: npt.NDArray[Any],
    own: Mapping[str, Any],
    feature_names: Sequence[str],
) -> Any:
    import xgboost as xgb

    clean = feature_matrix(matrix, len(feature_names))
    common = {"label": label, "feature_names": list(feature_names), "nthread": own.get("nthread")}
    if own["tree_method"] != "hist":
        return xgb.DMatrix(clean, **common)
    # Bins at once instead of keeping a float copy of the matrix; only `hist` can use the bins.
    return xgb.QuantileDMatrix(clean, max_bin=own.get("max_bin", 256), **common)


def _first_line(error: Exception) -> str:
    """XGBoost appends a native stack trace to its messages; people need the sentence."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__
