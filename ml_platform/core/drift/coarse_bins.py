"""Few bins of the reference, so that sampling noise stays far below the limits.

Without drift, PSI is about ``(bins - 1) * (1/n + 1/m)``: with 10 bins and 500 rows under .04,
with 1,000 categories above every limit in use.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.drift.shares import Shares, array_of
from ml_platform.core.profile import ColumnProfile

MOST_BINS = 10
# A coarse bin expects at least 10 of 500 rows, or its share is mostly noise.
SMALLEST_SHARE = 0.02


def coarse_shares(
    reference: ColumnProfile, analysis: ColumnProfile, most: int = MOST_BINS
) -> tuple[Shares, Shares]:
    """Shares of both profiles in at most `most` bins, chosen on the reference alone.

    A bin heavier than ``1/most`` in the reference (an atom or a frequent category) stays alone;
    the light ones are joined in order into bins of equal reference mass.

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    expected, found = coarse_counts(reference, analysis, most)
    return expected / max(expected.sum(), 1), found / max(found.sum(), 1)


def coarse_counts(
    reference: ColumnProfile, analysis: ColumnProfile, most: int = MOST_BINS
) -> tuple[Shares, Shares]:
    """Values of both profiles in the bins of `coarse_shares`.

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    reference.check_same_bins(analysis)
    groups, expected = _coarse(reference.counts, most)
    return expected, _joined(analysis.counts, groups)


def _joined(counts: tuple[int, ...], groups: NDArray[np.intp]) -> Shares:
    joined: Shares = np.bincount(groups, weights=array_of(counts)).astype(np.float64)
    return joined


@lru_cache(maxsize=256)
def _coarse(counts: tuple[int, ...], most: int) -> tuple[NDArray[np.intp], Shares]:
    """The coarse bins of a reference and its own values in them, read-only: all windows ask."""
    groups = _groups(counts, most)
    expected = _joined(counts, groups)
    expected.setflags(write=False)
    return groups, expected


def _groups(counts: tuple[int, ...], most: int) -> NDArray[np.intp]:
    """The coarse bin of each fine bin: 0, 1 ... for the light ones, then the heavy ones."""
    shares = array_of(counts) / max(sum(counts), 1)
    heavy = shares > 1 / most
    light = np.where(heavy, 0.0, shares)
    mass = float(light.sum())
    room = max(1, min(most - int(heavy.sum()), int(mass / SMALLEST_SHARE)))
    # The middle of a bin decides, so that the empty upper tail joins the last bin with mass.
    middle = np.cumsum(light) - light / 2
    groups = np.minimum((middle / max(mass, 1e-12) * room).astype(np.intp), room - 1)
    groups[heavy] = room + np.arange(int(heavy.sum()))
    return groups
