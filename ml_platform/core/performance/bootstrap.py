"""How much a metric would move if other rows had come: the percentile bootstrap.

Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapters 13 and 16. Rows
are resampled one by one; where rows of one day depend on each other, true intervals are wider.
Of many rows those with nearly the same score and the same label are drawn together, which is the
same draw: how many of each cell come is multinomial, and the cost no longer grows with the rows.
Of predicted numbers those with nearly the same error and the same label are.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from ml_platform.core.estimation.score_bins import ScoreBins
from ml_platform.core.metric_names import ZERO_IS_BEST
from ml_platform.core.performance.interval import Interval
from ml_platform.core.performance.measured_rows import (
    MeasuredRows,
    measured_rows,
    resampled_metrics,
)
from ml_platform.core.performance.predicted_rows import PredictedRows
from ml_platform.core.performance.scored_rows import FloatArray, IntArray

# About 4 MB of weights at a time: a few resamples of a million rows, a hundred of 6,000.
_CELLS_AT_ONCE = 500_000
# More rows are drawn by cells of 2,048 score bins: of a million rows that moves an interval by
# less than a tenth of its width.
_MOST_ROWS = 50_000
_SCORE_BINS = 2_048


def bootstrap_intervals(
    label: ArrayLike,
    score: ArrayLike,
    threshold: float | None,
    confidence: float = 0.95,
    resamples: int = 400,
    seed: int = 0,
    weights: ArrayLike | None = None,
) -> dict[str, Interval]:
    """Every metric with its percentile interval; the same seed gives the same intervals.

    Args:
        label: 0 or 1, or numbers that were to be predicted, shape [n].
        score: Probability of label 1, or the predicted numbers, shape [n].
        threshold: A row is decided 1 when its score is at least this; None where the score is the
            predicted number itself.
        confidence: Between 0 and 1.
        resamples: How many sets of n rows are drawn.
        seed: Of the drawing.
        weights: How many rows each stands for, shape [n]; each for itself unless told.

    Returns:
        An interval per metric, all NaN where the metric is undefined; resamples in which it is
        undefined are left out.

    Raises:
        ValueError: What `measured_rows` refuses.
    """
    rows = measured_rows(label, score, threshold)
    n = len(rows.order)
    own = np.ones(n) if weights is None else np.asarray(weights, dtype=np.float64)[rows.order]
    point = resampled_metrics(rows, own[None, :])
    if n > _MOST_ROWS and (own == own[0]).all():
        drawn = _by_cells(rows, threshold, resamples, seed)
    else:
        # A row that stands for several comes or stays away as one: it was sampled as one.
        drawn = [resampled_metrics(rows, w * own) for w in _resamples(n, resamples, seed)]
    return {
        name: _interval(float(value[0]), np.concatenate([d[name] for d in drawn]), confidence)
        for name, value in point.items()
    }


def paired_difference(
    label: ArrayLike,
    score_a: ArrayLike,
    score_b: ArrayLike,
    threshold_a: float | None,
    threshold_b: float | None,
    metric: str,
    confidence: float = 0.95,
    resamples: int = 400,
    seed: int = 0,
) -> Interval:
    """Metric of A minus metric of B on the same rows, with the interval of that difference.

    Both sides see the same resamples, so what makes the rows hard for both cancels. The sign is
    the plain difference: for ``brier`` a negative one says that A is better. Of ``bias`` it is the
    difference of the distances from 0.

    Raises:
        ValueError: What `measured_rows` refuses.
    """
    first = measured_rows(label, score_a, threshold_a)
    second = measured_rows(label, score_b, threshold_b)

    def difference(weights: FloatArray) -> FloatArray:
        a = resampled_metrics(first, weights[:, first.order])[metric]
        b = resampled_metrics(second, weights[:, second.order])[metric]
        return np.abs(a) - np.abs(b) if metric in ZERO_IS_BEST else a - b

    n = len(first.order)
    drawn = [difference(weights) for weights in _resamples(n, resamples, seed)]
    return _interval(float(difference(np.ones((1, n)))[0]), np.concatenate(drawn), confidence)


def _by_cells(
    rows: MeasuredRows, threshold: float | None, resamples: int, seed: int
) -> list[dict[str, FloatArray]]:
    """Metrics of each resample, from how many rows of each cell were drawn."""
    cells, counts = _cells(rows, threshold)
    n = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(n, counts / n, resamples)
    return [resampled_metrics(cells, drawn.astype(np.float64))]


def _cells(rows: MeasuredRows, threshold: float | None) -> tuple[MeasuredRows, IntArray]:
    """Rows that are nearly alike as one, and how many each stands for."""
    if isinstance(rows, PredictedRows):
        return rows.cells()
    bins = ScoreBins.of(rows.score, threshold, _SCORE_BINS)
    cell = 2 * bins.place(rows.score) + rows.label.astype(np.intp)
    counts = np.bincount(cell, minlength=2 * len(bins))
    held = np.flatnonzero(counts)
    cells = measured_rows(held % 2, np.asarray(bins.scores)[held // 2], threshold)
    return cells, counts[held][cells.order]


def _resamples(n: int, resamples: int, seed: int) -> Iterator[FloatArray]:
    """Batches of multinomial weights, shape [up to 500,000 / n, n]."""
    generator = np.random.default_rng(seed)
    size = max(1, _CELLS_AT_ONCE // max(n, 1))
    for start in range(0, resamples, size):
        batch = min(size, resamples - start)
        # Counting drawn rows is the multinomial, several times faster than drawing it as one.
        drawn = generator.integers(0, max(n, 1), size=(batch, n))
        cells = drawn + np.arange(batch)[:, None] * n
        counts = np.bincount(cells.ravel(), minlength=batch * n)
        yield counts.reshape(batch, n).astype(np.float64)


def _interval(value: float, drawn: FloatArray, confidence: float) -> Interval:
    defined = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not len(defined):
        return Interval(float("nan"), value, float("nan"))
    tail = (1 - confidence) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(float(low), value, float(high))
