"""What one task finds in its rows, and the rows of Arrow in which it sends that."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pyarrow as pa

from ml_platform.core.profile import ColumnProfile
from ml_platform.core.profile_columns import COUNTED_UNSEEN
from ml_platform.core.profile_plan import PartitionProfile, ProfilePlan, ProfileSums
from ml_platform.spark.profile_arrow import arrow_profile, arrow_profiles
from ml_platform.spark.profile_segments import segments_of

TALLY_SCHEMA = pa.schema(
    {
        "partition": pa.string(),
        "segment": pa.string(),
        "column": pa.string(),
        "kind": pa.string(),
        "edge_version": pa.int64(),
        "rows": pa.int64(),
        "missing": pa.int64(),
        "nan": pa.int64(),
        "infinite": pa.int64(),
        "minimum": pa.float64(),
        "maximum": pa.float64(),
        "counts": pa.list_(pa.int64()),
        "sums": pa.list_(pa.float64()),
        "distinct": pa.string(),
        "unseen": pa.string(),
    }
)
SPARK_SCHEMA = (
    "partition string, segment string, column string, kind string, edge_version long, rows long, "
    "missing long, nan long, infinite long, minimum double, maximum double, counts array<long>, "
    "sums array<double>, distinct string, unseen string"
)

ReadColumn = Callable[[str], pa.Array]
"""Gives a column of the rows at hand, by name."""


def tally(plan: ProfilePlan, partition: str, read: ReadColumn, sums: ProfileSums) -> None:
    """Add some rows of one partition to the sums; one column at a time is asked for."""
    groupings = [segments_of(each, read(each.column)) for each in plan.segmentations]
    for cut in plan.edges:
        values = read(cut.column)
        sums.add(partition, arrow_profile(values, cut))
        if groupings:
            for segment, profile in arrow_profiles(values, cut, groupings):
                sums.add(partition, profile, segment)


def to_arrow(sums: ProfileSums) -> pa.RecordBatch:
    """What was found as rows of ``TALLY_SCHEMA``."""
    rows = [
        profile.to_row(COUNTED_UNSEEN) | {"partition": partition, "segment": segment}
        for partition, segment, profile in sums.found()
    ]
    return pa.RecordBatch.from_pylist(rows, schema=TALLY_SCHEMA)


def from_arrow(rows: pa.Table) -> list[PartitionProfile]:
    """Profiles from rows of ``TALLY_SCHEMA``; its columns in any order, further ones are left."""
    return [
        PartitionProfile(row["partition"], row["segment"], ColumnProfile.from_row(row))
        for row in rows.select(TALLY_SCHEMA.names).to_pylist()
    ]


def total(tallies: Iterable[pa.Table]) -> list[PartitionProfile]:
    """The sum of what the tasks found."""
    return ProfileSums(each for rows in tallies for each in from_arrow(rows)).found()
