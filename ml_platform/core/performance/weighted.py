"""All metrics of weighted rows at once: a bootstrap resample is a row of integer weights.

Sums replace sorting and selecting: the rows are sorted once, then each metric of B resamples is
a matrix product or a cumulative sum over a [B, n] array of weights.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ml_platform.core.performance.scored_rows import FloatArray, ScoredRows

CALIBRATION_BINS = 10
_SMALLEST = np.finfo(np.float64).eps


def weighted_metrics(rows: ScoredRows, weights: FloatArray) -> dict[str, FloatArray]:
    """Every metric for every set of weights.

    Args:
        rows: n sorted rows.
        weights: Shape [B, n], how often each sorted row counts.

    Returns:
        Arrays of shape [B] by metric name, NaN where a metric is undefined.
    """
    sums = weights @ _columns(rows)
    n, positive, decided, hits, brier, log_loss = sums[:, :6].T
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "accuracy": (n - positive - decided + 2 * hits) / n,
            "precision": hits / decided,
            "recall": hits / positive,
            "f1": 2 * hits / (positive + decided),
            "roc_auc": roc_auc(rows, weights),
            "pr_auc": pr_auc(rows, weights),
            "brier": brier / n,
            "log_loss": log_loss / n,
            "calibration_error": np.abs(sums[:, 6:]).sum(axis=1) / n,
        }


def roc_auc(rows: ScoredRows, weights: FloatArray) -> FloatArray:
    """Share of (positive, negative) pairs in the right order, ties counting half.

    NaN without both labels. Source: Hanley and McNeil (1982), the Mann-Whitney statistic.
    """
    positives, negatives = _cumulated(rows, weights)
    # The trapezoids under the curve through each run of ties.
    area = _steps(negatives) * (positives - _steps(positives) / 2)
    pairs = _last(positives) * _last(negatives)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _summed(area) / pairs


def pr_auc(rows: ScoredRows, weights: FloatArray) -> FloatArray:
    """Average precision: precision at each score, weighted by the recall gained there.

    NaN without a positive label. Source: Manning et al., "Introduction to Information
    Retrieval" (2008), as scikit-learn computes it.
    """
    positives, negatives = _cumulated(rows, weights)
    # Where a resample drew none of the first rows, 0 gained of 0: count it as nothing.
    found = np.maximum(positives + negatives, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _summed(_steps(positives) * positives / found) / _last(positives)


def _columns(rows: ScoredRows) -> FloatArray:
    """What is summed per row, shape [n, 6 + bins]."""
    label, score = rows.label, rows.score
    safe = np.clip(score, _SMALLEST, 1 - _SMALLEST)
    log_loss = -np.log(np.where(label == 1, safe, 1 - safe))
    always = np.ones_like(label)
    sums = [always, label, rows.decided, rows.decided * label, (score - label) ** 2, log_loss]
    return np.column_stack([*sums, calibration_gaps(label, score)])


def calibration_gaps(label: FloatArray, score: FloatArray) -> FloatArray:
    """Score minus label in the column of the score's bin, 0 elsewhere; shape [n, bins]."""
    gaps = np.zeros((len(label), CALIBRATION_BINS))
    gaps[np.arange(len(label)), calibration_bin(score)] = score - label
    return gaps


def calibration_bin(score: FloatArray, bins: int = CALIBRATION_BINS) -> np.ndarray[Any, Any]:
    """Which of `bins` equally wide bins each score falls in, 1.0 in the last."""
    return np.minimum((score * bins).astype(np.intp), bins - 1)


def _cumulated(rows: ScoredRows, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Positives and negatives with at least each distinct score, shape [B, distinct]."""
    positives = np.cumsum(weights * rows.label, axis=1)[:, rows.tie_ends]
    everything = np.cumsum(weights, axis=1)[:, rows.tie_ends]
    return positives, everything - positives


def _steps(cumulated: FloatArray) -> FloatArray:
    return np.diff(cumulated, axis=1, prepend=0.0)


def _summed(per_score: FloatArray) -> FloatArray:
    total: FloatArray = per_score.sum(axis=1)
    return total


def _last(cumulated: FloatArray) -> FloatArray:
    # The maximum of nothing is taken as 0, so that no rows give NaN instead of an error.
    last: FloatArray = cumulated.max(axis=1, initial=0.0)
    return last
