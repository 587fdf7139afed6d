"""Counts of profiles as arrays, made once for all statistics that ask."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.profile import ColumnProfile

Shares = NDArray[np.float64]

# A window's columns and their reference; more would only hold memory.
_RECENT = 256


def shares_of(reference: ColumnProfile, analysis: ColumnProfile) -> tuple[Shares, Shares] | None:
    """Share of the usable values per bin on both sides, read-only; None when one has no values.

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    reference.check_same_bins(analysis)
    first, second = _shares(reference.counts), _shares(analysis.counts)
    return None if first is None or second is None else (first, second)


@lru_cache(maxsize=_RECENT)
def array_of(numbers: tuple[float, ...]) -> Shares:
    """The counts or sums of a profile as a read-only array of shape [bins]."""
    array = np.asarray(numbers, dtype=np.float64)
    array.setflags(write=False)
    return array


@lru_cache(maxsize=_RECENT)
def _shares(counts: tuple[int, ...]) -> Shares | None:
    values = sum(counts)
    if not values:
        return None
    shares = array_of(counts) / values
    shares.setflags(write=False)
    return shares
