"""Labelled rows of either task, ready for the metrics of any number of resamples."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ml_platform.core.performance.predicted_rows import PredictedRows, weighted_errors
from ml_platform.core.performance.scored_rows import FloatArray, ScoredRows
from ml_platform.core.performance.weighted import weighted_metrics

MeasuredRows = ScoredRows | PredictedRows


def measured_rows(label: ArrayLike, score: ArrayLike, threshold: float | None) -> MeasuredRows:
    """Check and sort rows.

    Args:
        label: 0 or 1, or numbers that were to be predicted, shape [n].
        score: Probability of label 1, or the predicted numbers, shape [n].
        threshold: A row is decided 1 when its score is at least this; None where the score is the
            predicted number itself.

    Raises:
        ValueError: What `ScoredRows.of` or `PredictedRows.of` refuses.
    """
    if threshold is None:
        return PredictedRows.of(label, score)
    return ScoredRows.of(label, score, threshold)


def resampled_metrics(rows: MeasuredRows, weights: FloatArray) -> dict[str, FloatArray]:
    """Every metric of the task for every set of weights, shape [B] each; weights of [B, n]."""
    if isinstance(rows, PredictedRows):
        return weighted_errors(rows, weights)
    return weighted_metrics(rows, weights)


def task_metrics(label: ArrayLike, score: ArrayLike, threshold: float | None) -> dict[str, float]:
    """Every metric of the task; arguments as for `measured_rows`.

    >>> task_metrics([1.0, 2.0, 6.0], [2.0, 2.0, 4.0], None)["mae"]
    1.0
    """
    rows = measured_rows(label, score, threshold)
    once = np.ones((1, len(rows.order)))
    return {name: float(value[0]) for name, value in resampled_metrics(rows, once).items()}
