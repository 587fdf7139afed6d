"""What is remembered of a column: counts that add, so that no window ever rescans rows."""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.distinct_count import NOTHING, estimate, merged, packed, unpacked
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
        sums: Sum of the finite values per numeric bin, so that its mean is known; infinite when it
            exceeds the range of a float. Empty for a categorical column.
        distinct: HyperLogLog sketch of the usable values, see `distinct_count`.
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
    sums: tuple[float, ...]
    distinct: bytes = NOTHING
    unseen: Mapping[str, int] = field(default_factory=dict)

    @property
    def values(self) -> int:
        """Rows with a usable value: neither missing nor NaN nor infinite; the sum of `counts`."""
        return self.rows - self.missing - self.nan - self.infinite

    @property
    def total(self) -> float:
        """Sum of the finite values, 0 for a categorical column."""
        return sum(self.sums, 0.0)

    @property
    def distinct_values(self) -> float:
        """About how many distinct usable values there are, within some 3%."""
        return estimate(self.distinct)

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
            "sums": list(self.sums),
            "distinct": packed(self.distinct),
            "unseen": json.dumps(dict(frequent[:most_unseen])),
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> ColumnProfile:
        """A profile as `to_row` wrote it; other keys (partition, segment) are ignored."""
        read = {
            "counts": tuple(row["counts"]),
            "sums": tuple(row["sums"]),
            "distinct": unpacked(row["distinct"]),
            "unseen": json.loads(row["unseen"]),
        }
        return cls(**{name: row[name] for name in cls.__dataclass_fields__} | read)

    @classmethod
    def of_no_rows(cls, like: ColumnProfile) -> ColumnProfile:
        """The profile of no rows in the same bins: what merging leaves unchanged."""
        return cls(
            column=like.column,
            kind=like.kind,
            edge_version=like.edge_version,
            rows=0,
            missing=0,
            nan=0,
            infinite=0,
            minimum=None,
            maximum=None,
            counts=(0,) * len(like.counts),
            sums=(0.0,) * len(like.sums),
        )


def merge(first: ColumnProfile, second: ColumnProfile) -> ColumnProfile:
    """The profile of both sets of rows together; the order of merging does not matter.

    Counts add exactly, sums up to the rounding of floats.

    Raises:
        ProfileError: The two are of different columns or were counted in different bins.
    """
    return _together([first, second])


def merge_all(profiles: Sequence[ColumnProfile]) -> list[ColumnProfile]:
    """One profile per column, in order of first appearance: a window from its partitions.

    Raises:
        ProfileError: Two of one column were counted in different bins.
    """
    by_column: dict[str, list[ColumnProfile]] = {}
    for profile in profiles:
        by_column.setdefault(profile.column, []).append(profile)
    return [_together(parts) for parts in by_column.values()]


def subtract(whole: ColumnProfile, part: ColumnProfile) -> ColumnProfile:
    """The whole without one of its parts, such as a reference without one of its days.

    Rows and counts subtract exactly, sums up to the rounding of floats (those of a bin that is
    left empty are 0). What cannot be taken apart stays the whole's: minimum and maximum are bounds
    of what is left, the sketch of distinct values counts at least what is left.

    Raises:
        ProfileError: The two are of different columns or bins, or the part holds more than the
            whole.
    """
    whole.check_same_bins(part)
    counts = tuple(a - b for a, b in zip(whole.counts, part.counts, strict=True))
    left = {name: getattr(whole, name) - getattr(part, name) for name in _ADDED}
    if min((*counts, *left.values())) < 0:
        raise ProfileError(f"the profile of {whole.column!r} to subtract is no part of the whole")
    sums = zip(counts, whole.sums, part.sums, strict=False)
    unseen = {v: n - part.unseen.get(v, 0) for v, n in whole.unseen.items()}
    return replace(
        whole,
        **left,
        counts=counts,
        sums=tuple(a - b if count else 0.0 for count, a, b in sums),
        unseen={value: count for value, count in unseen.items() if count > 0},
    )


_ADDED = ("rows", "missing", "nan", "infinite")


def _together(parts: Sequence[ColumnProfile]) -> ColumnProfile:
    first = parts[0]
    if len(parts) == 1:
        return first
    for other in parts[1:]:
        first.check_same_bins(other)
    added = zip(*((p.rows, p.missing, p.nan, p.infinite) for p in parts), strict=True)
    rows, missing, nan, infinite = map(sum, added)
    return ColumnProfile(
        column=first.column,
        kind=first.kind,
        edge_version=first.edge_version,
        rows=rows,
        missing=missing,
        nan=nan,
        infinite=infinite,
        minimum=min([p.minimum for p in parts if p.minimum is not None], default=None),
        maximum=max([p.maximum for p in parts if p.maximum is not None], default=None),
        counts=_added_counts([p.counts for p in parts]),
        sums=tuple(map(sum, zip(*[p.sums for p in parts], strict=True))),
        distinct=merged([p.distinct for p in parts]),
        unseen=_added([p.unseen for p in parts if p.unseen]),
    )


def _added_counts(parts: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    # Thousands of categories: packing numbers for numpy takes half of what adding them one by one
    # does, or numpy's own way through them.
    pack = struct.Struct(f"{len(parts[0])}q").pack
    packed_counts = np.frombuffer(b"".join([pack(*part) for part in parts]), dtype=np.int64)
    return tuple(packed_counts.reshape(len(parts), len(parts[0])).sum(axis=0).tolist())


def _added(parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return dict(total)
