"""Total variation: the share of values that would have to change for both sides to agree."""

from __future__ import annotations

import numpy as np

from ml_platform.core.drift.shares import shares_of
from ml_platform.core.profile import ColumnProfile


def total_variation(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """Half the sum over bins of the absolute difference of shares.

    On all bins of the profiles. Bounds: 0 (same shares) to 1 (no bin in common). NaN when either
    side has no values.

    Source: Levin, Peres and Wilmer, "Markov Chains and Mixing Times" (2009), proposition 4.2.

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    shares = shares_of(reference, analysis)
    if shares is None:
        return float("nan")
    return min(float(np.abs(shares[0] - shares[1]).sum()) / 2, 1.0)
