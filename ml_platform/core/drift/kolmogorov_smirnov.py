"""Kolmogorov-Smirnov distance: the greatest gap between two cumulative distributions."""

from __future__ import annotations

import numpy as np

from ml_platform.core.drift.shares import shares_of
from ml_platform.core.profile import ColumnProfile


def kolmogorov_smirnov(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """Greatest absolute difference of the two shares of values below any edge of the bins.

    For numeric columns. Bounds: 0 to 1. NaN when either side has no values. At the edges it is
    exact; between them it can miss at most the share of the heaviest bin that holds more than
    one value (1/64 where edges are quantiles), so it never exceeds the statistic of the rows.
    An outlier moves one row's share, however far out it lies.

    Source: Smirnov (1948); Conover, "Practical Nonparametric Statistics" (1999), chapter 6.

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    shares = shares_of(reference, analysis)
    if shares is None:
        return float("nan")
    return min(float(np.abs(np.cumsum(shares[0] - shares[1])).max()), 1.0)
