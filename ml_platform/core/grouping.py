"""Rows told apart into groups, each row by the number of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.intp]
Counts = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Grouping:
    """Which group each row belongs to.

    Attributes:
        names: Of the groups.
        codes: Shape [n], the place of each row's group among the names.

    >>> by_origin = Grouping(("JFK", "EWR"), np.array([0, 1, 0]))
    >>> by_origin.rows.tolist()
    [2, 1]
    >>> by_origin.tabulate(by_origin.codes, np.array([2, 0, 2]), 3).tolist()
    [[0, 0, 2], [1, 0, 0]]
    """

    names: tuple[str, ...]
    codes: Codes

    @cached_property
    def rows(self) -> Counts:
        """Rows of each group, shape [groups]."""
        return np.bincount(self.codes, minlength=len(self.names))

    def codes_of(self, rows: NDArray[np.bool_] | None) -> Codes:
        """The codes of the rows that a mask of shape [n] chooses; None chooses all."""
        return self.codes if rows is None else self.codes[rows]

    def tabulate(self, codes: Codes, places: Codes, width: int) -> Counts:
        """How many rows of each group are at each place, shape [groups, width].

        Args:
            codes: Shape [m], those of some rows.
            places: Shape [m], 0 to ``width - 1``.
            width: Number of places.
        """
        flat = np.bincount(codes * width + places, minlength=len(self.names) * width)
        return flat.reshape(len(self.names), width)
