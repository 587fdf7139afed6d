"""Jensen-Shannon distance: a bounded, symmetric measure to rank columns by."""

from __future__ import annotations

from math import log, sqrt

import numpy as np
from scipy.special import rel_entr

from ml_platform.core.drift.shares import shares_of
from ml_platform.core.profile import ColumnProfile


def jensen_shannon(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """Square root of the mean divergence (in bits) of both sides from their average.

    On all bins of the profiles, so that it is symmetric. Bounds: 0 (same shares) to 1 (no bin in
    common). NaN when either side has no values.

    Source: Lin, "Divergence measures based on the Shannon entropy" (1991); a metric by Endres
    and Schindelin (2003).

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    shares = shares_of(reference, analysis)
    if shares is None:
        return float("nan")
    middle = (shares[0] + shares[1]) / 2
    divergence = float(np.sum(rel_entr(shares[0], middle) + rel_entr(shares[1], middle)))
    # Rounding can leave a hair below 0 or above 1.
    return sqrt(min(max(divergence / (2 * log(2)), 0.0), 1.0))
