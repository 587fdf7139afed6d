"""L-infinity: the greatest change of the share of any one category."""

from __future__ import annotations

import numpy as np

from ml_platform.core.drift.shares import shares_of
from ml_platform.core.profile import ColumnProfile


def l_infinity(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """Greatest absolute difference of shares over categories, OTHER included.

    Bounds: 0 (same shares) to 1 (each side has one category, and not the same). NaN when either
    side has no values. It sees one category that grows where many categories hide it in a sum.

    Source: Breck et al., "Data Validation for Machine Learning" (SysML 2019), section 4.2.

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    shares = shares_of(reference, analysis)
    if shares is None:
        return float("nan")
    return float(np.abs(shares[0] - shares[1]).max(initial=0.0))
