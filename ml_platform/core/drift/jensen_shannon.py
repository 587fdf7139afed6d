"""Jensen-Shannon distance: a bounded, symmetric measure to rank columns by."""

from __future__ import annotations

import numpy as np
from scipy.special import rel_entr

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
    reference.check_same_bins(analysis)
    if not (reference.values and analysis.values):
        return float("nan")
    first, second = reference.shares, analysis.shares
    middle = (first + second) / 2
    divergence = np.sum(rel_entr(first, middle) + rel_entr(second, middle)) / (2 * np.log(2))
    # Rounding can leave a hair below 0 or above 1.
    return float(np.sqrt(np.clip(divergence, 0.0, 1.0)))
