"""Profile every column of every partition in one Spark job.

Each task bins its Arrow batches with numpy and sends kilobytes; the driver adds them up. The
binning itself is `profile_columns`, so a frame and an array of the same values agree.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import DataFrame

from ml_platform.core.edges import Edges
from ml_platform.core.errors import UserError
from ml_platform.core.profile import ColumnProfile, merge
from ml_platform.core.profile_columns import COUNTED_UNSEEN, profile_columns

PartitionProfiles = dict[str, list[ColumnProfile]]

_PARTIAL = "partition string, profiles string"


def profile_frame(
    frame: DataFrame, edges: Sequence[Edges], partition_column: str = "partition"
) -> list[tuple[str, ColumnProfile]]:
    """One profile per partition and entry of `edges`, partitions ascending.

    Works on a classic session and over Spark Connect. Partitions without rows have no profile.

    Args:
        frame: Has the partition column and every column that has edges.
        edges: The bins of the columns to profile.
        partition_column: A column of text.

    Raises:
        UserError: The frame lacks a column that has edges.
    """
    wanted = [partition_column, *(cut.column for cut in edges)]
    absent = sorted(set(wanted) - set(frame.columns))
    if absent:
        raise UserError(f"the rows to profile have no column {', '.join(absent)}")
    needed = frame.select(*dict.fromkeys(wanted))
    parts = needed.mapInArrow(_binning(edges, partition_column), _PARTIAL).collect()
    total: PartitionProfiles = {}
    for part in parts:
        rows = json.loads(part["profiles"])
        _add(total, part["partition"], [ColumnProfile.from_row(row) for row in rows])
    return [(name, profile) for name in sorted(total) for profile in total[name]]


def _binning(
    edges: Sequence[Edges], partition_column: str
) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What runs in the tasks: batches in, one row of partial profiles per partition out."""

    def bin_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        total: PartitionProfiles = {}
        for batch in batches:
            for name in pc.unique(batch[partition_column]).to_pylist():
                inside = batch.filter(pc.equal(batch[partition_column], name))
                columns = {cut.column: _values(inside[cut.column], cut) for cut in edges}
                _add(total, name, profile_columns(columns, edges))
        profiles = [
            json.dumps([profile.to_row(COUNTED_UNSEEN) for profile in found])
            for found in total.values()
        ]
        yield pa.RecordBatch.from_pydict(
            {"partition": pa.array(total, pa.string()), "profiles": pa.array(profiles, pa.string())}
        )

    return bin_batches


def _add(total: PartitionProfiles, partition: str, found: list[ColumnProfile]) -> None:
    known = total.get(partition)
    total[partition] = [merge(a, b) for a, b in zip(known, found, strict=True)] if known else found


def _values(column: pa.Array, edges: Edges) -> np.ndarray[Any, Any]:
    """An Arrow column as numpy without losing the difference between null and NaN."""
    if edges.kind == "categorical":
        if pa.types.is_string(column.type):
            return column.to_numpy(zero_copy_only=False)
        # Through numpy a whole number beside a null would turn into 1.0.
        return np.array([*column.to_pylist(), None], dtype=object)[:-1]
    if pa.types.is_temporal(column.type):
        return column.to_numpy(zero_copy_only=False)
    values = column.cast(pa.float64(), safe=False)
    numbers = values.fill_null(0.0).to_numpy(zero_copy_only=False)
    return np.ma.MaskedArray(numbers, mask=values.is_null().to_numpy(zero_copy_only=False))
