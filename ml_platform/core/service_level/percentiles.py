"""Percentiles of latencies: exact where each is known, by bucket where only counts are."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


def percentile(values: NDArray[np.float64], weights: NDArray[np.float64], share: float) -> float:
    """Return the smallest value that at least this share of the weight does not exceed.

    Definition 1 of Hyndman and Fan, "Sample Quantiles in Statistical Packages" (1996): always a
    latency that somebody had, never one between two.

    Args:
        values: one or more, in any order.
        weights: how many each stands for, above 0.
        share: 0 < share <= 1; .99 for p99.

    >>> percentile(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 8.0]), 0.9)
    2.0
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    # Sums of weights such as 1/3 miss their share by rounding.
    enough = share * reached[-1] * (1 - 1e-12)
    return float(values[order][np.searchsorted(reached, enough)])


def histogram_percentile(at_most: Mapping[float, float], share: float) -> float:
    """Return a percentile as Prometheus' `histogram_quantile` does: linear within a bucket.

    https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
    The true value lies in the same bucket. In the open one the answer is that bucket's lower end.

    Args:
        at_most: by upper bound (the last infinite), how many did not exceed it.
        share: 0 < share <= 1.

    Returns:
        NaN where nothing was counted.

    >>> histogram_percentile({0.01: 50, 0.02: 100, float("inf"): 100}, 0.75)
    0.015
    """
    bounds = sorted(at_most)
    total = at_most[bounds[-1]] if bounds else 0.0
    if not total:
        return float("nan")
    wanted = share * total
    i = next(i for i, bound in enumerate(bounds) if at_most[bound] >= wanted)
    low, below = (bounds[i - 1], at_most[bounds[i - 1]]) if i else (0.0, 0.0)
    if np.isinf(bounds[i]):
        return low
    return low + (bounds[i] - low) * (wanted - below) / (at_most[bounds[i]] - below)
