"""Profiles counted in one set of bins, told in another without their rows, where that is exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from ml_platform.core.column_values import FloatArray
from ml_platform.core.edges import Edges
from ml_platform.core.profile import ColumnProfile

EdgeVersions = Mapping[tuple[str, int], Edges]
"""Every set of bins that a column ever had, by column and version."""


def rebinned(profile: ColumnProfile, old: Edges, new: Edges) -> ColumnProfile | None:
    """The profile in other bins of the same column.

    Exact whenever the values of each old bin that holds any lie in one new bin: always when the
    new cuts (or categories) are among the old ones; else as far as empty bins, the least and the
    greatest value, and the names of unseen values tell.

    Args:
        profile: Counted in the old bins.
        old: Its bins.
        new: Bins of the same column and kind.

    Returns:
        None where only the rows can tell.
    """
    if old.version == new.version:
        return profile
    change = _numeric if old.kind == "numeric" else _categorical
    return change(profile, old, new)


def in_common_bins(
    first: Sequence[ColumnProfile], second: Sequence[ColumnProfile], versions: EdgeVersions
) -> tuple[list[ColumnProfile], list[ColumnProfile]]:
    """Both in the oldest bins that either has, column by column, so that they can be compared.

    Later bins divide earlier ones (see `refined`), so that this is exact.

    Args:
        first: Such as a reference.
        second: Such as the window to compare with it; also several profiles of one column.
        versions: Bins that the profiles were counted in.

    Raises:
        KeyError: The bins of a profile are not among the versions.
    """
    oldest: dict[str, int] = {}
    for profile in (*first, *second):
        known = oldest.get(profile.column, profile.edge_version)
        oldest[profile.column] = min(known, profile.edge_version)
    return _all_in(oldest, first, versions), _all_in(oldest, second, versions)


def _all_in(
    wanted: Mapping[str, int], profiles: Iterable[ColumnProfile], versions: EdgeVersions
) -> list[ColumnProfile]:
    found = []
    for profile in profiles:
        version = wanted[profile.column]
        if profile.edge_version != version:
            old = versions[profile.column, profile.edge_version]
            coarser = rebinned(profile, old, versions[profile.column, version])
            assert coarser is not None, f"bins of {profile.column} are not nested"
            profile = coarser
        found.append(profile)
    return found


def _numeric(profile: ColumnProfile, old: Edges, new: Edges) -> ColumnProfile | None:
    held = np.flatnonzero(profile.counts)
    if not len(held):
        return _moved(profile, new, [0] * new.bins, [0.0] * new.bins)
    least, greatest = _bounds(old, profile)
    cuts = np.asarray(new.edges, dtype=np.float64)
    target = np.searchsorted(cuts, least[held], side="right")
    if (target != np.searchsorted(cuts, greatest[held], side="right")).any():
        return None
    counts = np.zeros(new.bins, dtype=np.int64)
    sums = np.zeros(new.bins)
    np.add.at(counts, target, np.asarray(profile.counts, dtype=np.int64)[held])
    np.add.at(sums, target, np.asarray(profile.sums)[held])
    return _moved(profile, new, counts.tolist(), sums.tolist())


def _bounds(edges: Edges, profile: ColumnProfile) -> tuple[FloatArray, FloatArray]:
    """The least and the greatest value that each bin can hold."""
    cuts = np.asarray(edges.edges, dtype=np.float64)
    least = np.maximum(np.append(-np.inf, cuts), _known(profile.minimum, -np.inf))
    with np.errstate(over="ignore"):
        below = np.append(np.nextafter(cuts, -np.inf), np.inf)
    return least, np.minimum(below, _known(profile.maximum, np.inf))


def _known(bound: float | None, otherwise: float) -> float:
    return otherwise if bound is None else bound


def _categorical(profile: ColumnProfile, old: Edges, new: Edges) -> ColumnProfile | None:
    unnamed = profile.counts[-1] - sum(profile.unseen.values())
    # Values that no one named may be some of a category that is new.
    if unnamed and not set(new.categories) <= set(old.categories):
        return None
    found = Counter(dict(zip(old.categories, profile.counts, strict=False)))
    found.update(profile.unseen)
    known = [found.pop(category, 0) for category in new.categories]
    unseen = {value: count for value, count in found.items() if count}
    other = unnamed + sum(unseen.values())
    return replace(_moved(profile, new, [*known, other], ()), unseen=unseen)


def _moved(
    profile: ColumnProfile, edges: Edges, counts: Iterable[int], sums: Iterable[float]
) -> ColumnProfile:
    return replace(profile, edge_version=edges.version, counts=tuple(counts), sums=tuple(sums))
