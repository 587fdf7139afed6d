"""Rows moved from logs into a partitioned table exactly once, and the small files this leaves."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core.names import PARTITION
from ml_platform.stores.lake_commit import Commit
from ml_platform.stores.lake_errors import NotCommittedError
from ml_platform.stores.lake_schema import LakeSchema
from ml_platform.stores.lake_snapshot import Snapshot
from ml_platform.stores.lake_table import NOTHING, LakeTable
from ml_platform.stores.lake_write import MANY_FILES, Write, fitted

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

FOLDED_BYTES = 256 << 20
"""A partition beyond this is left in its files: they are large, and it is held in memory."""


def offsets_of(
    table: LakeTable, logs: Collection[str], version: int | None = None
) -> dict[str, int]:
    """How far each log has been moved into a table: the number of its first row that is not.

    As of a version, the newest unless told.
    """
    snapshot = Snapshot.load(table.name, table.root, version)
    return {log: 0 if snapshot is None else snapshot.offset(log) for log in logs}


def append_moved(
    table: LakeTable, rows: pa.Table, offsets: Mapping[str, tuple[int, int]]
) -> Commit:
    """Add rows of logs, and how far these are moved now, in one commit.

    Args:
        table: partitioned; made where it is not there yet.
        rows: with a column ``partition``.
        offsets: for each log, the number of its first row among these, and of the one behind its
            last.

    Raises:
        OffsetMovedError: another mover was faster; nothing was written.
        StoreError: the columns do not fit, the disk is full, or other writers were faster many
            times; nothing was written.
    """
    schema = LakeSchema.of_arrow(rows.schema)
    rows = fitted(table.name, rows, schema)
    partitions = pc.unique(rows[PARTITION]).to_pylist()
    write = _append(table, schema, partitions, offsets)
    return write.run(lambda staging: staging.write_arrow(rows))


def append_frame(
    table: LakeTable,
    frame: DataFrame,
    partitions: Sequence[str],
    offsets: Mapping[str, tuple[int, int]],
) -> Commit:
    """`append_moved` for the rows of a Spark DataFrame, which lie in these partitions.

    Writers that append beside one another need not know of each other: only those that move the
    same offsets exclude each other.
    """
    write = _append(table, LakeSchema.of_frame(frame), partitions, offsets)
    return write.run(lambda staging: staging.write_frame(frame))


def _append(
    table: LakeTable,
    schema: LakeSchema,
    partitions: Sequence[str],
    offsets: Mapping[str, tuple[int, int]],
) -> Write:
    return Write(
        table.name, table.root, schema, partitions, None, NOTHING, append=True, offsets=offsets
    )


def fold_partitions(table: LakeTable, partitions: Collection[str]) -> None:
    """Put the rows of partitions with many files into one file each; readers see no difference.

    A partition that another writer changes meanwhile is left for the next time.
    """
    for partition in partitions:
        snapshot = Snapshot.load(table.name, table.root)
        files = [] if snapshot is None else snapshot.files_of([partition])
        if len(files) >= MANY_FILES and sum(each.size for each in files) <= FOLDED_BYTES:
            assert snapshot is not None
            with suppress(NotCommittedError):
                rewrite(table, snapshot, [partition], snapshot.read_arrow([partition]))


def rewrite(
    table: LakeTable, snapshot: Snapshot, partitions: Sequence[str] | None, rows: pa.Table
) -> None:
    """Replace partitions by rows that were made of them.

    Args:
        table: which.
        snapshot: the version that the rows were made from.
        partitions: their keys; None for the whole of an unpartitioned table.
        rows: all that it shall hold.

    Raises:
        PartitionChangedError: another writer changed them since; nothing was written.
        StoreError: as for `LakeTable.replace`.
    """
    write = Write(
        table.name,
        table.root,
        snapshot.schema,
        partitions,
        None,
        NOTHING,
        unless_changed_since=snapshot.version,
    )
    write.run(lambda staging: staging.write_arrow(rows))
