"""How much a metric would move if other rows had come: the percentile bootstrap.

Source: Efron and Tibshirani, "An Introduction to the Bootstrap" (1993), chapters 13 and 16. Rows
are resampled one by one; where rows of one day depend on each other, true intervals are wider.
Of many rows those with nearly the same score and the same label are drawn together, which is the
same draw: how many of each cell come is multinomial, and the cost no longer grows with the rows.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike

from ml_platform.core.estimation.score_bins import ScoreBins
from ml_platform.core.performance.interval import Interval
from ml_platform.core.performance.scored_rows import FloatArray, ScoredRows
from ml_platform.core.performance.weighted import weighted_metrics

# About 4 MB of weights at a time: a few resamples of a million rows, a hundred of 6,000.
_CELLS_AT_ONCE = 500_000
# More rows are drawn by cells of 2,048 score bins: of a million rows that moves an interval by
# less than a tenth of its width.
_MOST_ROWS = 50_000
_SCORE_BINS = 2_048


def bootstrap_intervals(
    label: ArrayLike,
    score: ArrayLike,
    threshold: float,
    confidence: float = 0.95,
    resamples: int = 400,
    seed: int = 0,
) -> dict[str, Interval]:
    """Every metric with its percentile interval; the same seed gives the same intervals.

    Args:
        label: 0 or 1, shape [n].
        score: Probability of label 1, shape [n].
        threshold: A row is decided 1 when its score is at least this.
        confidence: Between 0 and 1.
        resamples: How many sets of n rows are drawn.
        seed: Of the drawing.

    Returns:
        An interval per metric, all NaN where the metric is undefined; resamples in which it is
        undefined are left out.

    Raises:
        ValueError: What `ScoredRows.of` refuses.
    """
    rows = ScoredRows.of(label, score, threshold)
    point = weighted_metrics(rows, np.ones((1, len(rows.label))))
    if len(rows.label) > _MOST_ROWS:
        drawn = _by_cells(rows, threshold, resamples, seed)
    else:
        drawn = [weighted_metrics(rows, w) for w in _resamples(len(rows.label), resamples, seed)]
    return {
        name: _interval(float(value[0]), np.concatenate([d[name] for d in drawn]), confidence)
        for name, value in point.items()
    }


def paired_difference(
    label: ArrayLike,
    score_a: ArrayLike,
    score_b: ArrayLike,
    threshold_a: float,
    threshold_b: float,
    metric: str,
    confidence: float = 0.95,
    resamples: int = 400,
    seed: int = 0,
) -> Interval:
    """Metric of A minus metric of B on the same rows, with the interval of that difference.

    Both sides see the same resamples, so what makes the rows hard for both cancels. The sign is
    the plain difference: for ``brier`` a negative one says that A is better.

    Raises:
        ValueError: What `ScoredRows.of` refuses.
    """
    first = ScoredRows.of(label, score_a, threshold_a)
    second = ScoredRows.of(label, score_b, threshold_b)

    def difference(weights: FloatArray) -> FloatArray:
        a = weighted_metrics(first, weights[:, first.order])[metric]
        b = weighted_metrics(second, weights[:, second.order])[metric]
        return a - b

    n = len(first.label)
    drawn = [difference(weights) for weights in _resamples(n, resamples, seed)]
    return _interval(float(difference(np.ones((1, n)))[0]), np.concatenate(drawn), confidence)


def _by_cells(
    rows: ScoredRows, threshold: float, resamples: int, seed: int
) -> list[dict[str, FloatArray]]:
    """Metrics of each resample, from how many rows of each score bin and label were drawn."""
    bins = ScoreBins.of(rows.score, threshold, _SCORE_BINS)
    cell = 2 * bins.place(rows.score) + rows.label.astype(np.intp)
    counts = np.bincount(cell, minlength=2 * len(bins))
    held = np.flatnonzero(counts)
    cells = ScoredRows.of(held % 2, np.asarray(bins.scores)[held // 2], threshold)
    n = len(rows.label)
    drawn = np.random.default_rng(seed).multinomial(n, counts[held][cells.order] / n, resamples)
    return [weighted_metrics(cells, drawn.astype(np.float64))]


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
