"""Population stability index: how much two distributions disagree, weighted by how surprising."""

from __future__ import annotations

import numpy as np

from ml_platform.core.drift.coarse_bins import coarse_shares
from ml_platform.core.profile import ColumnProfile

# Stands for "hardly ever" where a bin is empty, so that one row in an empty bin stays harmless.
EMPTY_SHARE = 1e-4


def psi(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """Sum over bins of ``(a - r) * ln(a / r)``, on at most 10 bins of the reference.

    Bounds: 0 (same shares) to about 18.4; below .1 is usually read as stable, above .2 as
    shifted. NaN when either side has no values. An outlier moves one row's share, however far
    out it lies.

    Source: Kullback and Leibler (1951), the symmetric divergence J; named PSI by Siddiqi,
    "Credit Risk Scorecards" (2006).

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    if not (reference.values and analysis.values):
        return float("nan")
    expected, found = coarse_shares(reference, analysis)
    expected, found = np.maximum(expected, EMPTY_SHARE), np.maximum(found, EMPTY_SHARE)
    return float(np.dot(found - expected, np.log(found / expected)))
