"""Hellinger distance: bounded, symmetric, and quick to see what was rare before."""

from __future__ import annotations

from math import sqrt

import numpy as np

from ml_platform.core.drift.shares import shares_of
from ml_platform.core.profile import ColumnProfile


def hellinger(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """Euclidean distance of the square roots of the shares, divided by the square root of 2.

    On all bins of the profiles. Bounds: 0 (same shares) to 1 (no bin in common). NaN when either
    side has no values.

    Source: Hellinger (1909); in this form Le Cam and Yang, "Asymptotics in Statistics" (2000).

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    shares = shares_of(reference, analysis)
    if shares is None:
        return float("nan")
    gaps = np.sqrt(shares[0]) - np.sqrt(shares[1])
    return min(sqrt(float(np.dot(gaps, gaps)) / 2), 1.0)
