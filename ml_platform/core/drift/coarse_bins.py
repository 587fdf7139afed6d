"""Few bins of the reference, so that sampling noise stays far below the limits.

Without drift, PSI is about ``(bins - 1) * (1/n + 1/m)``: with 10 bins and 500 rows under .04,
with 1,000 categories above every limit in use.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.profile import ColumnProfile

MOST_BINS = 10
# A coarse bin expects at least 10 of 500 rows, or its share is mostly noise.
SMALLEST_SHARE = 0.02

Shares = NDArray[np.float64]


def coarse_shares(
    reference: ColumnProfile, analysis: ColumnProfile, most: int = MOST_BINS
) -> tuple[Shares, Shares]:
    """Shares of both profiles in at most `most` bins, chosen on the reference alone.

    A bin heavier than ``1/most`` in the reference (an atom or a frequent category) stays alone;
    the light ones are joined in order into bins of equal reference mass.

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    reference.check_same_bins(analysis)
    groups = _groups(reference.shares, most)
    size = int(groups.max()) + 1
    return _joined(reference.shares, groups, size), _joined(analysis.shares, groups, size)


def _joined(shares: Shares, groups: NDArray[np.intp], size: int) -> Shares:
    joined: Shares = np.zeros(size)
    np.add.at(joined, groups, shares)
    return joined


def _groups(shares: Shares, most: int) -> NDArray[np.intp]:
    """The coarse bin of each fine bin: 0, 1 ... for the light ones, then the heavy ones."""
    heavy = shares > 1 / most
    light = np.where(heavy, 0.0, shares)
    mass = float(light.sum())
    room = max(1, min(most - int(heavy.sum()), int(mass / SMALLEST_SHARE)))
    # The middle of a bin decides, so that the empty upper tail joins the last bin with mass.
    middle = np.cumsum(light) - light / 2
    groups = np.minimum((middle / max(mass, 1e-12) * room).astype(np.intp), room - 1)
    groups[heavy] = room + np.arange(int(heavy.sum()))
    return groups
