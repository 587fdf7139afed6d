"""The profiles of groups of rows: a column is put into bins once, whatever groups it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.binning import Places, blocks
from ml_platform.core.column_values import FloatArray
from ml_platform.core.edges import Edges
from ml_platform.core.grouping import Codes, Grouping
from ml_platform.core.profile import ColumnProfile


def numeric_profiles(
    edges: Edges,
    present: FloatArray,
    valid: NDArray[np.bool_] | None,
    groupings: Sequence[Grouping],
) -> Iterator[tuple[str, ColumnProfile]]:
    """The profile of each group that has rows; without sketches of distinct values.

    Args:
        edges: Numeric bins.
        present: The values that are not null; NaN and infinities among them.
        valid: Shape [n], which rows these are; None for all.
        groupings: Each of n rows.
    """
    finite, usable = present, np.isfinite(present)
    counted = [_Counted(each, edges.bins, each.codes_of(valid)) for each in groupings]
    if not usable.all():
        finite = present[usable]
        for each in counted:
            each.leave_out(~usable, np.isnan(present))
    start = 0
    for block, found in blocks(finite, edges.edges):
        for each in counted:
            each.add(start, block, found)
        start += len(block)
    for each in counted:
        yield from each.profiles(edges)


class _Counted:
    """What the groups hold, as far as it has been counted."""

    def __init__(self, grouping: Grouping, bins: int, codes: Codes) -> None:
        self._grouping, self._bins, self._codes = grouping, bins, codes
        groups = len(grouping.names)
        self._counts = np.zeros(groups * bins, dtype=np.int64)
        self._sums = np.zeros(groups * bins)
        self._least, self._greatest = np.full(groups, np.inf), np.full(groups, -np.inf)
        self._unusable = np.zeros((groups, 2), dtype=np.int64)

    def leave_out(self, unusable: NDArray[np.bool_], nan: NDArray[np.bool_]) -> None:
        """Count infinities and NaN; the rows left are those that `add` counts."""
        kinds = nan[unusable].astype(np.intp)
        self._unusable = self._grouping.tabulate(self._codes[unusable], kinds, 2)
        self._codes = self._codes[~unusable]

    def add(self, start: int, block: FloatArray, found: Places) -> None:
        """Count finite values, from the row at `start` on, whose bins were found."""
        codes = self._codes[start : start + len(block)]
        cells = codes * self._bins + found
        self._counts += np.bincount(cells, minlength=len(self._counts))
        # Numbers near the end of the range add up to infinity, which is what the sum then says.
        with np.errstate(over="ignore", invalid="ignore"):
            self._sums += np.bincount(cells, weights=block, minlength=len(self._sums))
        np.minimum.at(self._least, codes, block)
        np.maximum.at(self._greatest, codes, block)

    def profiles(self, edges: Edges) -> Iterator[tuple[str, ColumnProfile]]:
        counts = self._counts.reshape(-1, self._bins)
        usable = counts.sum(axis=1)
        missing = (self._grouping.rows - usable - self._unusable.sum(axis=1)).tolist()
        ranges = zip(self._least.tolist(), self._greatest.tolist(), strict=True)
        found = zip(
            self._grouping.names,
            self._grouping.rows.tolist(),
            missing,
            self._unusable.tolist(),
            [(low, high) if low <= high else (None, None) for low, high in ranges],
            counts.tolist(),
            self._sums.reshape(-1, self._bins).tolist(),
            strict=True,
        )
        for name, rows, absent, (infinite, nan), (low, high), of_bins, sums in found:
            if rows:
                yield (
                    name,
                    ColumnProfile(
                        column=edges.column,
                        kind=edges.kind,
                        edge_version=edges.version,
                        rows=rows,
                        missing=absent,
                        nan=nan,
                        infinite=infinite,
                        minimum=low,
                        maximum=high,
                        counts=tuple(of_bins),
                        sums=tuple(sums),
                    ),
                )
