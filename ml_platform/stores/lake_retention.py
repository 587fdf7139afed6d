"""Rows that have been kept long enough, out of a table."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import pyarrow.compute as pc
import pyarrow.dataset as ds

from ml_platform.stores.lake_append import rewrite
from ml_platform.stores.lake_errors import PartitionChangedError
from ml_platform.stores.lake_snapshot import Snapshot
from ml_platform.stores.lake_table import LakeTable


def remove_rows(table: LakeTable, condition: pc.Expression) -> int:
    """Remove the rows for which a condition holds; return how many.

    Partition by partition, or the whole of a table without any; one that another writer changes
    meanwhile is left for the next time, and so is nothing lost that it adds. Parquet's bounds
    leave most files unread where no row can match.

    Args:
        table: one that was never written has nothing to remove.
        condition: over its columns; where it is null a row stays.
    """
    snapshot = Snapshot.load(table.name, table.root)
    if snapshot is None:
        return 0
    if not snapshot.partitioned:
        return _remove(table, None, condition)
    return sum(_remove(table, [partition], condition) for partition in table.partitions())


def _remove(table: LakeTable, partitions: Sequence[str] | None, condition: pc.Expression) -> int:
    snapshot = Snapshot.load(table.name, table.root)
    assert snapshot is not None, "it was there a moment ago"
    matched = int(ds.dataset(snapshot.paths_of(partitions)).count_rows(filter=condition))
    if matched:
        rows = snapshot.read_arrow(partitions).filter(~pc.coalesce(condition, pc.scalar(False)))
        with suppress(PartitionChangedError):
            rewrite(table, snapshot, partitions, rows)
            return matched
    return 0
