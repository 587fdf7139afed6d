"""Stretches of consecutive partitions of one column, each beside the rest of the reference."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.profile import ColumnProfile

Counts = NDArray[np.int64]
Sums = NDArray[np.float64]


class Stretches:
    """The partitions of one column as arrays, so that any stretch is one sum.

    Args:
        parts: One profile per partition, oldest first, all in the same bins; at least one.
    """

    def __init__(self, parts: Sequence[ColumnProfile]) -> None:
        first = parts[0]
        for part in parts[1:]:
            first.check_same_bins(part)
        self.like = ColumnProfile.of_no_rows(first)
        self._counts: Counts = np.array([part.counts for part in parts], dtype=np.int64)
        self._sums: Sums = np.array([part.sums for part in parts], dtype=np.float64)
        self._rows: Counts = np.array(
            [(p.rows, p.missing, p.nan, p.infinite) for p in parts], dtype=np.int64
        )
        self._ends: Sums = np.array([(_known(p.minimum), _known(p.maximum)) for p in parts])
        self.size = len(parts)

    def at(self, places: slice | Counts) -> ColumnProfile:
        """The profile of some partitions together, without distinct and unseen values."""
        counts = self._counts[places].sum(axis=0)
        # A column may have no bins of its own to sum: a category's sums are empty.
        sums = self._sums[places].sum(axis=0)
        rows, missing, nan, infinite = self._rows[places].sum(axis=0).tolist()
        ends = self._ends[places]
        known = ends[~np.isnan(ends[:, 0])]
        return replace(
            self.like,
            rows=rows,
            missing=missing,
            nan=nan,
            infinite=infinite,
            counts=tuple(counts.tolist()),
            sums=tuple(sums.tolist()),
            minimum=float(known[:, 0].min()) if len(known) else None,
            maximum=float(known[:, 1].max()) if len(known) else None,
        )

    def beside_the_rest(
        self, span: int, margin: int = 0
    ) -> Iterator[tuple[ColumnProfile, ColumnProfile]]:
        """Every stretch of `span` partitions, after all that are not in or around it.

        Args:
            span: Partitions of a stretch.
            margin: Partitions on each side of it that are left out as well.

        Source: Burman, Chow and Nolan, "A cross-validatory method for dependent data" (1994).
        """
        everywhere = np.arange(self.size)
        for start in range(self.size - span + 1):
            around = slice(max(start - margin, 0), start + span + margin)
            yield self._pair(np.delete(everywhere, around), slice(start, start + span))

    def beside_those_before(
        self, span: int, length: int
    ) -> Iterator[tuple[ColumnProfile, ColumnProfile]]:
        """Every stretch of `span` partitions, after the `length` partitions right before it."""
        for start in range(length, self.size - span + 1):
            yield self._pair(slice(start - length, start), slice(start, start + span))

    def _pair(self, others: slice | Counts, stretch: slice) -> tuple[ColumnProfile, ColumnProfile]:
        reference = self.at(others)
        return reference, as_seen_by(reference, self.at(stretch))


def as_seen_by(reference: ColumnProfile, analysis: ColumnProfile) -> ColumnProfile:
    """The analysis in the bins that would have been cut on this reference alone.

    Bins are cut on the whole reference, so none of its own partitions ever holds a value that is
    new to it. Against the rest of the reference some do: a category that only they have counts
    as OTHER, a value beyond the range of the rest as one of a tail.
    """
    counts, sums = np.array(analysis.counts), np.array(analysis.sums)
    filled = np.array(reference.counts) > 0
    if analysis.kind == "categorical":
        new = ~filled[:-1]
        counts[-1] += counts[:-1][new].sum()
        counts[:-1][new] = 0
    elif filled.any():
        first, last = np.flatnonzero(filled)[[0, -1]].tolist()
        # The sums go where the values go: a bin's mean has to lie in the bin.
        for held in (counts, sums):
            _into_tails(held, first, last)
    return replace(analysis, counts=tuple(counts.tolist()), sums=tuple(sums.tolist()))


def _into_tails(held: Counts | Sums, first: int, last: int) -> None:
    """Move what lies outside of the bins `first` to `last` into the outermost bins."""
    below, above = held[:first].sum(), held[last + 1 :].sum()
    held[:first] = held[last + 1 :] = 0
    held[0] += below
    held[-1] += above


def _known(value: float | None) -> float:
    return float("nan") if value is None else value
