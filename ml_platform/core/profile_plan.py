"""What is to be counted in one pass over rows, and what is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ml_platform.core.edges import Edges
from ml_platform.core.profile import ColumnProfile, merge
from ml_platform.core.segmentation import ALL_ROWS, Segmentation


@dataclass(frozen=True)
class ProfilePlan:
    """The columns to profile, and the segments within which they are profiled besides.

    Attributes:
        edges: The bins, one entry per column.
        segmentations: Each adds a profile per column and segment. These leave out the sketch of
            distinct values, which is kept for all rows of a partition together.
    """

    edges: tuple[Edges, ...]
    segmentations: tuple[Segmentation, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that must be read."""
        profiled = (cut.column for cut in self.edges)
        return tuple(dict.fromkeys([*profiled, *(s.column for s in self.segmentations)]))


class PartitionProfile(NamedTuple):
    """The profile of one column in one segment of one partition; ``""`` is the one of all rows."""

    partition: str
    segment: str
    profile: ColumnProfile


class ProfileSums:
    """Profiles that are added up as they are found."""

    def __init__(self, found: Iterable[PartitionProfile] = ()) -> None:
        """Begin with what was found already."""
        self._sums: dict[tuple[str, str, str], ColumnProfile] = {}
        for partition, segment, profile in found:
            self.add(partition, profile, segment)

    def add(self, partition: str, profile: ColumnProfile, segment: str = ALL_ROWS) -> None:
        """Add rows of a partition; those of no rows leave no trace."""
        if not profile.rows:
            return
        key = partition, segment, profile.column
        known = self._sums.get(key)
        self._sums[key] = merge(known, profile) if known else profile

    def found(self) -> list[PartitionProfile]:
        """The sums: partitions ascending, their segments ascending, columns as first added."""
        ranked = sorted(self._sums.items(), key=lambda item: item[0][:2])
        return [PartitionProfile(key[0], key[1], profile) for key, profile in ranked]
