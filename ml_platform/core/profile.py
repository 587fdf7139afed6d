"""What is remembered of a column: counts that add, so that no window ever rescans rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.edges import Kind
from ml_platform.core.errors import UserError

STORED_UNSEEN = 20


class ProfileError(UserError):
    """Two profiles that were not counted in the same bins."""


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column over some rows, counted in the bins of its `Edges`.

    Attributes:
        column: The column that was counted.
        kind: ``numeric`` or ``categorical``.
        edge_version: Version of the edges that made the bins.
        rows: All rows, those without a value included.
        missing: Rows without a value (null).
        nan: Rows that hold NaN (numeric only).
        infinite: Rows that hold plus or minus infinity (numeric only).
        minimum: Smallest finite value, None when there is none.
        maximum: Greatest finite value, None when there is none.
        counts: Finite values per bin, both tails included; or values per category, then OTHER.
        total: Sum of the finite values; infinite when it exceeds the range of a float.
        unseen: Most frequent values that the reference did not have; OTHER counts them all.
    """

    column: str
    kind: Kind
    edge_version: int
    rows: int
    missing: int
    nan: int
    infinite: int
    minimum: float | None
    maximum: float | None
    counts: tuple[int, ...]
    total: float
    unseen: Mapping[str, int] = field(default_factory=dict)

    @property
    def values(self) -> int:
        """Rows with a usable value: neither missing nor NaN nor infinite."""
        return sum(self.counts)

    @property
    def outside(self) -> int:
        """Values that the reference never had: beyond its range, or in none of its categories."""
        if not self.counts:
            return 0
        return self.counts[-1] + (self.counts[0] if self.kind == "numeric" else 0)

    @property
    def shares(self) -> NDArray[np.float64]:
        """Share of the usable values per bin; all zero when there are none."""
        return np.asarray(self.counts, dtype=np.float64) / max(self.values, 1)

    def check_same_bins(self, other: ColumnProfile) -> None:
        """Refuse to compare or add what was not counted alike.

        Raises:
            ProfileError: The two are of different columns or were counted in different bins.
        """
        if self.column != other.column:
            raise ProfileError(f"profiles of different columns: {self.column!r}, {other.column!r}")
        bins = (self.edge_version, len(self.counts)), (other.edge_version, len(other.counts))
        if bins[0] != bins[1]:
            raise ProfileError(
                f"profiles of {self.column!r} were counted in different bins (edges version "
                f"{self.edge_version}, {other.edge_version}): profile its rows again on one set"
            )

    def to_row(self, most_unseen: int = STORED_UNSEEN) -> dict[str, Any]:
        """The profile as plain values for a table; `unseen` is JSON of the most frequent ones."""
        frequent = sorted(self.unseen.items(), key=lambda item: (-item[1], item[0]))
        return {
            "column": self.column,
            "kind": self.kind,
            "edge_version": self.edge_version,
            "rows": self.rows,
            "missing": self.missing,
            "nan": self.nan,
            "infinite": self.infinite,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "counts": list(self.counts),
            "total": self.total,
            "unseen": json.dumps(dict(frequent[:most_unseen])),
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> ColumnProfile:
        """A profile as `to_row` wrote it; other keys (partition, segment) are ignored."""
        known = {name: row[name] for name in cls.__dataclass_fields__}
        return cls(**known | {"counts": tuple(row["counts"]), "unseen": json.loads(row["unseen"])})


def merge(first: ColumnProfile, second: ColumnProfile) -> ColumnProfile:
    """The profile of both sets of rows together; the order of merging does not matter.

    Raises:
        ProfileError: The two are of different columns or were counted in different bins.
    """
    first.check_same_bins(second)
    return ColumnProfile(
        column=first.column,
        kind=first.kind,
        edge_version=first.edge_version,
        rows=first.rows + second.rows,
        missing=first.missing + second.missing,
        nan=first.nan + second.nan,
        infinite=first.infinite + second.infinite,
        minimum=_known(min, first.minimum, second.minimum),
        maximum=_known(max, first.maximum, second.maximum),
        counts=tuple(a + b for a, b in zip(first.counts, second.counts, strict=True)),
        total=first.total + second.total,
        unseen=_added(first.unseen, second.unseen),
    )


def merge_all(profiles: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    """One profile per column, in order of first appearance: a window from its partitions."""
    by_column: dict[str, list[ColumnProfile]] = {}
    for profile in profiles:
        by_column.setdefault(profile.column, []).append(profile)
    return [reduce(merge, parts) for parts in by_column.values()]


def _known(
    choose: Callable[[list[float]], float], first: float | None, second: float | None
) -> float | None:
    known = [value for value in (first, second) if value is not None]
    return choose(known) if known else None


def _added(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    both = dict(first)
    for value, count in second.items():
        both[value] = both.get(value, 0) + count
    return both
