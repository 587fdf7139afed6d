"""How good a binary classifier's scores and decisions are on labelled rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ml_platform.core.metric_names import ThresholdMetric
from ml_platform.core.performance.scored_rows import ScoredRows
from ml_platform.core.performance.weighted import weighted_metrics


def classification_metrics(
    label: ArrayLike, score: ArrayLike, threshold: float
) -> dict[str, float]:
    """Every metric of `metric_names.BINARY_METRICS`.

    Args:
        label: 0 or 1, shape [n].
        score: Probability of label 1, shape [n].
        threshold: A row is decided 1 when its score is at least this.

    Returns:
        NaN where a metric is undefined: ``roc_auc`` without both labels; ``recall`` and
        ``pr_auc`` without a positive label; ``precision`` without a positive decision; ``f1``
        without either; all without rows.

    Raises:
        ValueError: Lengths differ, a label other than 0 and 1, or a score outside [0, 1].

    >>> found = classification_metrics([0, 1, 1], [0.2, 0.9, 0.4], threshold=0.5)
    >>> found["precision"], found["recall"], found["roc_auc"]
    (1.0, 0.5, 1.0)
    """
    rows = ScoredRows.of(label, score, threshold)
    once = np.ones((1, len(rows.label)))
    return {name: float(value[0]) for name, value in weighted_metrics(rows, once).items()}


def best_threshold(label: ArrayLike, score: ArrayLike, metric: ThresholdMetric) -> float:
    """The threshold at which decisions score best on these rows; the highest of equals.

    It lies halfway between two observed scores, so that rounding a score moves no row across.

    Raises:
        ValueError: No rows, a metric that does not choose a threshold, or what
            `classification_metrics` refuses.

    >>> best_threshold([0, 0, 1, 1], [0.1, 0.3, 0.7, 0.9], "f1")
    0.5
    """
    if metric not in ("accuracy", "f1"):
        raise ValueError(f"{metric!r} does not choose a threshold: accuracy and f1 do")
    rows = ScoredRows.of(label, score, 0.0)
    if not len(rows.label):
        raise ValueError("no rows to choose a threshold on")
    decided = rows.tie_ends + 1.0
    hits = np.cumsum(rows.label)[rows.tie_ends]
    positive = hits[-1]
    # Up to what does not depend on the threshold: accuracy is right yeses less wrong ones.
    quality = 2 * hits - decided if metric == "accuracy" else 2 * hits / (decided + positive)
    lowest_yes = rows.score[rows.tie_ends]
    return _halfway(lowest_yes, int(np.argmax(quality)))


def _halfway(descending: np.ndarray[tuple[int], np.dtype[np.float64]], chosen: int) -> float:
    below = descending[chosen + 1] if chosen + 1 < len(descending) else 0.0
    return float((descending[chosen] + below) / 2)
