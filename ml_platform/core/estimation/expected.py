"""What the metrics of unlabelled rows probably are, from their counts alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.estimation.estimator import Method, PerformanceEstimator
from ml_platform.core.estimation.expected_errors import expected_errors
from ml_platform.core.performance.measured_rows import measured_rows, resampled_metrics
from ml_platform.core.task import BINARY_CLASSIFICATION

FloatArray = NDArray[np.float64]

ESTIMABLE = BINARY_CLASSIFICATION.estimated
"""What calibrated scores say something of."""
DRAWS = 200


@dataclass(frozen=True)
class Expected:
    """Estimated metrics of some rows.

    Attributes:
        rows: How many rows.
        value: By metric, all that can be estimated of the task; NaN where it is undefined.
        sampling: By metric: standard deviation of the realised value when what was learnt on the
            reference holds, since each label is drawn by chance.
        positive_rate: Estimated share of label 1; NaN of a regression.
        unsupported: Share of rows whose score the reference never had, 0 to 1.
    """

    rows: int
    value: Mapping[str, float]
    sampling: Mapping[str, float]
    positive_rate: float
    unsupported: float


def expected_metrics(
    counts: NDArray[np.int64], estimator: PerformanceEstimator, draws: int = DRAWS, seed: int = 0
) -> Expected:
    """Estimate every metric of `ESTIMABLE`, or what `expected_errors` gives of predicted numbers.

    The expected confusion matrix and curve follow from the expected positives per score bin. The
    sampling error is that of labels drawn anew from the rates (a parametric bootstrap).

    Args:
        counts: Rows per region and score bin, shape [regions, bins].
        estimator: Of the model version that scored them.
        draws: How many sets of labels are drawn.
        seed: Of the drawing; the same gives the same.

    Raises:
        ValueError: Counts of another shape than the estimator's.
    """
    if counts.shape != estimator.shape:
        raise ValueError(f"counts of {counts.shape}, the estimator has {estimator.shape}")
    rows = counts.sum(axis=0).astype(np.float64)
    total = rows.sum()
    unsupported = float((rows[0] + rows[-1]) / total) if total else 0.0
    if estimator.method is Method.DLE:
        value, sampling = expected_errors(counts, estimator.rates)
        return Expected(int(total), value, sampling, float("nan"), unsupported)
    ones = (counts * estimator.rates).sum(axis=0)
    drawn = _drawn_ones(counts, estimator.rates, draws, seed)
    point = _metrics(ones[None, :], rows, estimator)
    spread = _metrics(drawn, rows, estimator)
    return Expected(
        rows=int(total),
        value={name: float(point[name][0]) for name in ESTIMABLE},
        sampling={name: _deviation(spread[name]) for name in ESTIMABLE},
        positive_rate=float(ones.sum() / total) if total else float("nan"),
        unsupported=unsupported,
    )


def _drawn_ones(
    counts: NDArray[np.int64], rates: FloatArray, draws: int, seed: int
) -> NDArray[np.float64]:
    """Positives per score bin with labels drawn by chance, shape [draws, bins]."""
    region, bins = np.nonzero(counts)
    generator = np.random.default_rng(seed)
    cells = generator.binomial(counts[region, bins], rates[region, bins], (draws, len(bins)))
    found = np.zeros((draws, counts.shape[1]))
    np.add.at(found.T, bins, cells.T)
    return found


def _metrics(
    ones: FloatArray, rows: FloatArray, estimator: PerformanceEstimator
) -> dict[str, FloatArray]:
    """Metrics where each bin holds `ones` rows of label 1, shape [draws, bins]."""
    bins = len(rows)
    scores = np.asarray(estimator.bins.scores)
    label = np.repeat([1.0, 0.0], bins)
    both = measured_rows(label, np.tile(scores, 2), estimator.bins.threshold)
    weights = np.concatenate([ones, rows[None, :] - ones], axis=1)
    return resampled_metrics(both, weights[:, both.order])


def _deviation(drawn: FloatArray) -> float:
    defined = drawn[~np.isnan(drawn)]
    return float(defined.std()) if len(defined) > 1 else float("nan")
