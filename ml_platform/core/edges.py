"""Where a column's values are cut into bins, fixed once on the reference.

Fixed edges are what makes profiles add: a week's histogram is the sum of its days only when
every day was counted in the same bins.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ml_platform.core.column_values import FloatArray, Values, holds_numbers, numbers, texts

Kind = Literal["numeric", "categorical"]

MAX_CATEGORIES = 10_000


@dataclass(frozen=True, slots=True)
class Edges:
    """The bins of one column.

    A numeric column has ``len(edges) + 1`` bins: bin ``i`` holds ``edges[i-1] <= x < edges[i]``,
    the first and the last are the tails outside the reference's range. A categorical column has
    one bin per category, and OTHER last.

    Attributes:
        column: The column that is cut.
        kind: ``numeric`` or ``categorical``.
        edges: Ascending finite cuts of a numeric column.
        categories: Known values of a categorical column, most frequent first.
        version: Grows when the reference changes; profiles of two versions never merge.
    """

    column: str
    kind: Kind
    edges: tuple[float, ...] = ()
    categories: tuple[str, ...] = ()
    version: int = 1

    @property
    def bins(self) -> int:
        """How many counts a profile on these edges has."""
        return 1 + (len(self.edges) if self.kind == "numeric" else len(self.categories))

    @property
    def atoms(self) -> tuple[int, ...]:
        """Numeric bins that hold a single value, which the reference had often."""
        cuts = self.edges
        above = zip(range(1, len(cuts)), cuts, cuts[1:], strict=False)
        return tuple(i for i, low, high in above if math.nextafter(low, math.inf) == high)

    def to_row(self) -> dict[str, Any]:
        """The edges as JSON-ready values; `from_row` reads them back exactly."""
        return {
            "column": self.column,
            "kind": self.kind,
            "edges": list(self.edges),
            "categories": list(self.categories),
            "version": self.version,
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Edges:
        """Edges as `to_row` wrote them; other keys of the row are ignored."""
        return cls(
            column=row["column"],
            kind=row["kind"],
            edges=tuple(float(edge) for edge in row["edges"]),
            categories=tuple(row["categories"]),
            version=int(row["version"]),
        )


def edges_from_values(
    column: str, values: Values, bins: int = 64, kind: Kind | None = None, version: int = 1
) -> Edges:
    """Cut a column at its quantiles, so that every reference bin holds about as many rows.

    A value that alone fills a bin (an atom, such as the 0 of a rain gauge) gets its own bin, so
    that a change beside it does not hide in it.

    Args:
        column: The column's name.
        values: Shape [n], as `column_values` reads them.
        bins: About how many bins a numeric column gets; each atom may add one more.
        kind: Taken from the values when not given.
        version: Kept in the edges and in every profile made with them.

    >>> edges_from_values("rain", np.array([0.0, 0.0, 0.0, 2.0])).bins
    5
    >>> edges_from_values("origin", np.array(["JFK", "EWR", "JFK"])).categories
    ('JFK', 'EWR')
    """
    if kind is None:
        kind = "numeric" if holds_numbers(values) else "categorical"
    if kind == "categorical":
        return Edges(column, kind, categories=_frequent(values), version=version)
    present, _ = numbers(values)
    return Edges(
        column, kind, edges=quantile_cuts(present[np.isfinite(present)], bins), version=version
    )


def _frequent(values: Values) -> tuple[str, ...]:
    counts: Counter[str] = texts(values)[0]
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    return tuple(ranked[:MAX_CATEGORIES])


def quantile_cuts(finite: FloatArray, bins: int) -> tuple[float, ...]:
    """Ascending cuts at the quantiles of finite values, atoms apart, the greatest value inside."""
    if not len(finite):
        return ()
    distinct, counts = np.unique(finite, return_counts=True)
    atoms = distinct[counts * bins >= len(finite)]
    cuts = np.concatenate([_quantiles(distinct, counts, bins), atoms, _just_above(atoms)])
    closed = np.unique(np.append(cuts, _just_above(distinct[-1:])))
    return tuple(float(cut) for cut in closed if np.isfinite(cut))


def _quantiles(distinct: FloatArray, counts: np.ndarray[Any, Any], bins: int) -> FloatArray:
    """Observed values at 0, 1/bins, 2/bins ... of the mass; all of them when they are few."""
    if len(distinct) <= bins:
        return distinct
    cumulative = np.cumsum(counts)
    ranks = np.arange(bins) * (cumulative[-1] / bins)
    chosen: FloatArray = distinct[np.searchsorted(cumulative, ranks, side="right")]
    return chosen


def _just_above(values: FloatArray) -> FloatArray:
    # Bins are closed below and open above: the next float closes a bin right behind a value.
    # Above the greatest float there is only infinity, which `quantile_cuts` leaves out.
    with np.errstate(over="ignore"):
        return np.nextafter(values, np.inf)
