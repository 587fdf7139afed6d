"""Rows put in order by a group, so that each group is one stretch of every column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa


@dataclass(frozen=True)
class Groups:
    """Which group each row belongs to.

    Attributes:
        names: Of the groups.
        order: Row numbers, those of the first group first; None where all are of one group.
        ends: Shape [groups + 1], where each group ends in that order, after a zero.
    """

    names: tuple[str, ...]
    order: pa.Array | None
    ends: np.ndarray

    @classmethod
    def of_values(cls, column: pa.Array) -> Groups:
        """A group for each value of a column of text."""
        coded = column.dictionary_encode()
        names = tuple(str(name) for name in coded.dictionary.to_pylist())
        codes = coded.indices.to_numpy()
        ends = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=len(names)))])
        if len(codes) in np.diff(ends):
            return cls(names, None, ends)
        # Sorting small whole numbers is a count of each.
        order = np.argsort(
            codes.astype(np.int16 if len(names) < 2**15 else np.int64), kind="stable"
        )
        return cls(names, pa.array(order), ends)

    def parts(self, column: pa.Array) -> Iterator[tuple[str, pa.Array]]:
        """The stretch of each group that has rows."""
        ordered = column if self.order is None else column.take(self.order)
        for name, start, end in zip(self.names, self.ends[:-1], self.ends[1:], strict=True):
            if end > start:
                yield name, ordered.slice(start, end - start)
