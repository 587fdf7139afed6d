"""How much a fitted model relies on each input column, by permuting one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ml_platform.core.drift.importance import ColumnImportance
from ml_platform.core.task import Task
from ml_platform.estimators.scoring_model import ScoringModel

SCORED_ROWS = 200_000
"""Rows that are scored in all, so that it stays below a second."""
MOST_ROWS, FEWEST_ROWS = 8000, 200

# A probability of 0 or 1 would make one wrong row outweigh all others.
_LEAST_PROBABILITY = 1e-6


def permutation_importance(
    model: ScoringModel, columns: Mapping[str, npt.NDArray[Any]], label: npt.NDArray[Any]
) -> list[ColumnImportance]:
    """Increase of the loss where the values of one input column are dealt to other rows.

    The loss is the log loss, or of a predicted number the squared error.

    Of raw input columns, before preprocessing: whatever features are made of a column move with
    it, and the model may be of any kind. The standard error is that of the mean difference per
    row, as each row is its own comparison.

    Args:
        model: The fitted model.
        columns: Input columns of rows that the model was not fitted on; [rows] each. A sample
            of them is used: `SCORED_ROWS` over all columns.
        label: 0 or 1, or numbers that were to be predicted, [rows].

    Returns:
        One entry per input column, in their order; nothing without rows.

    Source: Breiman, "Random forests" (2001), section 10; Fisher, Rudin and Dominici, "All models
    are wrong, but many are useful" (2019).
    """
    inputs = list(model.input_columns)
    rng = np.random.default_rng(0)
    chosen = rng.permutation(len(label))[: rows_to_score(len(inputs))]
    if not len(chosen):
        return []
    sample = {name: np.asarray(columns[name])[chosen] for name in inputs}
    truth, dealt = np.asarray(label)[chosen], rng.permutation(len(chosen))
    before = _losses(truth, model.score(sample), model.task)
    return [
        _importance(
            name,
            _losses(truth, model.score(sample | {name: values[dealt]}), model.task) - before,
        )
        for name, values in sample.items()
    ]


def rows_to_score(columns: int) -> int:
    """How many rows a model of so many columns is judged on.

    >>> rows_to_score(10), rows_to_score(25), rows_to_score(500)
    (8000, 8000, 400)
    """
    return min(MOST_ROWS, max(FEWEST_ROWS, SCORED_ROWS // max(columns, 1)))


def _losses(
    label: npt.NDArray[Any], score: npt.NDArray[np.float64], task: Task
) -> npt.NDArray[np.float64]:
    """Loss of each row."""
    if not task.decides:
        return (score - label) ** 2
    held = np.clip(score, _LEAST_PROBABILITY, 1 - _LEAST_PROBABILITY)
    return -np.where(label == 1, np.log(held), np.log1p(-held))


def _importance(column: str, differences: npt.NDArray[np.float64]) -> ColumnImportance:
    rows = len(differences)
    error = float(differences.std(ddof=1) / np.sqrt(rows)) if rows > 1 else 0.0
    return ColumnImportance(column, float(differences.mean()), error)
