"""Profiles of any DataFrame: Spark hands its rows to numpy, batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ml_platform.core.errors import UserError
from ml_platform.core.names import PARTITION
from ml_platform.core.profile_plan import PartitionProfile, ProfilePlan, ProfileSums
from ml_platform.spark.profile_groups import Groups
from ml_platform.spark.profile_tally import SPARK_SCHEMA, tally, to_arrow, total

# Spark's batches hold some 10,000 rows: profiling several at once saves most of numpy's calls.
ROWS_AT_ONCE = 1 << 17


def profile_frame(frame: DataFrame, plan: ProfilePlan) -> list[PartitionProfile]:
    """Profiles of each partition, its segments and columns, in one Spark job.

    Args:
        frame: Has the text column ``partition`` and every column of the plan; classic or over
            Spark Connect.
        plan: What is to be counted.

    Raises:
        UserError: The frame lacks a column.
    """
    wanted = [PARTITION, *plan.columns]
    absent = sorted(set(wanted) - set(frame.columns))
    if absent:
        raise UserError(f"the rows to profile have no column {', '.join(absent)}")
    needed = frame.select(*(F.col(f"`{name}`") for name in dict.fromkeys(wanted)))
    return total([needed.mapInArrow(_tallying(plan), SPARK_SCHEMA).toArrow()])


def _tallying(
    plan: ProfilePlan,
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What runs in the tasks: batches in, their profiles out."""

    def tallied(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        sums = ProfileSums()
        for table in _pooled(batches):
            _tally_table(plan, table, sums)
        yield to_arrow(sums)

    return tallied


def _pooled(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    for batch in batches:
        held.append(batch)
        if sum(each.num_rows for each in held) >= ROWS_AT_ONCE:
            yield pa.Table.from_batches(held)
            held = []
    if held:
        yield pa.Table.from_batches(held)


def _tally_table(plan: ProfilePlan, table: pa.Table, sums: ProfileSums) -> None:
    groups = Groups.of_values(_array(table[PARTITION]))
    columns = {name: dict(groups.parts(_array(table[name]))) for name in plan.columns}
    for partition, start, end in zip(groups.names, groups.ends[:-1], groups.ends[1:], strict=True):
        if end > start:
            tally(plan, partition, lambda name, of=partition: columns[name][of], sums)


def _array(column: pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks()
