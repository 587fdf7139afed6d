"""Wasserstein distance: how far values moved, measured in the reference's own width."""

from __future__ import annotations

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.drift.shares import Shares, array_of, shares_of
from ml_platform.core.drift.total_variation import total_variation
from ml_platform.core.profile import ColumnProfile

# Beyond these shares of the reference a value counts as one at the end of its middle. More than
# one bin of 64, so that outliers inside the outermost bins of the reference are clipped as well.
LOW, HIGH = 0.02, 0.98


def wasserstein(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """Area between the two cumulative distributions, over the middle 96% of the reference.

    For numeric columns. Every bin stands at the mean of its values, on each side its own. Values
    beyond the reference's 2% and 98% are clipped to there, and the area is divided by the width
    between the two: an outlier weighs as much as any other row, and the unit does not matter.

    Bounds: 0 to 1 (all values moved from one end of the middle to the other). NaN when either
    side has no values, or when the width exceeds the range of a float. Where the middle of the
    reference is one value there is no width: the share of values that changed bins is given.

    Source: Vallender (1974) for the area; the clipping is Winsor's (Tukey, 1962).

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    shares = shares_of(reference, analysis)
    if shares is None:
        return float("nan")
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        filled = np.flatnonzero(shares[0] + shares[1])
        r, a = shares[0][filled], shares[1][filled]
        at_r, at_a = _places(reference, analysis, filled)
        low, high = at_r[np.searchsorted(np.cumsum(r), (LOW, HIGH))]
        if low == high:
            return total_variation(reference, analysis)
        at_r, at_a = (np.minimum(np.maximum(at, low), high) for at in (at_r, at_a))
        distance = _area(r, a, at_r, at_a) / float(high - low)
    return min(max(distance, 0.0), 1.0) if isfinite(distance) else float("nan")


def _places(
    reference: ColumnProfile, analysis: ColumnProfile, filled: NDArray[np.intp]
) -> tuple[Shares, Shares]:
    """Mean of the values per bin on both sides; where one has none, the other's stands in."""
    first, second = (
        array_of(side.sums)[filled] / array_of(side.counts)[filled]
        for side in (reference, analysis)
    )
    return np.where(np.isnan(first), second, first), np.where(np.isnan(second), first, second)


def _area(r: Shares, a: Shares, at_r: Shares, at_a: Shares) -> float:
    """Area between two step functions that rise by `r` and `a` at ascending places."""
    gap = np.cumsum(r) - np.cumsum(a)
    between = np.abs(gap[:-1]) * (np.minimum(at_r, at_a)[1:] - np.maximum(at_r, at_a)[:-1])
    # Inside a bin, the side whose mean lies lower has already risen.
    inside = np.abs(np.where(at_r < at_a, gap + a, gap - r)) * np.abs(at_a - at_r)
    return float(between.sum() + inside.sum())
