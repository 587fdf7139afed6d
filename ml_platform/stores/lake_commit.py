"""One Delta commit: all files of a write and all removals in one step, or nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deltalake import CommitProperties, Transaction, write_deltalake
from deltalake.exceptions import DeltaError
from deltalake.transaction import AddAction, RemoveAction, create_table_with_add_actions

from ml_platform.core.names import PARTITION
from ml_platform.stores.lake_change import Change
from ml_platform.stores.lake_errors import (
    NotCommittedError,
    disk_full,
    first_line,
    is_disk_full,
)
from ml_platform.stores.lake_schema import LakeSchema
from ml_platform.stores.lake_snapshot import UNPARTITIONED, DataFile, Snapshot

ATTEMPTS = 30
"""Enough for a dozen writers at once; each lost race is somebody else's progress."""
LONGEST_PAUSE = 0.5
"""Seconds."""
CONFIGURATION = {"delta.enableExpiredLogCleanup": "false"}
"""By default the log of a version is gone after 30 days, and with it what a model was made of."""


@dataclass(frozen=True)
class Commit:
    """What a write did.

    Attributes:
        version: the table's version that holds the rows.
        rows: rows per partition written (0 where it was emptied); the key is "" for an
            unpartitioned table.
        bytes: size of the files.
        files: how many there are.
    """

    version: int
    rows: dict[str, int]
    bytes: int
    files: int


def commit(table: str, root: Path, change: Change) -> Commit:
    """Commit a change against whatever version is newest, again if another writer was faster.

    Each attempt is a compare-and-swap (`max_commit_retries=0`): with delta-rs' own retries two
    first writers of a partition would both succeed and double its rows.

    Raises:
        PartitionChangedError: the change was made from rows that are no longer the newest.
        OffsetMovedError: another mover of the same logs was faster.
        NotCommittedError: the log refused, or others were faster every time.
        StoreError: the table's columns do not fit the new rows.
    """
    for attempt in range(ATTEMPTS):
        snapshot = Snapshot.load(table, root)
        if snapshot is not None and change.applied_in(snapshot):
            return describe(snapshot.version, snapshot.files_of(change.replaces), change.replaces)
        change.check_base(table, root, snapshot)
        change.check_offsets(table, snapshot)
        version = commit_on(table, root, snapshot, change)
        if version is not None:
            return describe(version, [each for each, _ in change.added], change.replaces)
        time.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.01 * 2**attempt)))
    raise NotCommittedError(
        f"table {table}: other writers were faster {ATTEMPTS} times in a row; run again"
    )


def describe(version: int, files: Sequence[DataFile], named: Sequence[str] | None) -> Commit:
    """The outcome of a write from its files and the partitions it was asked to write."""
    rows = dict.fromkeys((UNPARTITIONED,) if named is None else named, 0)
    for each in files:
        rows[each.partition] = rows.get(each.partition, 0) + each.rows
    return Commit(version, rows, sum(each.size for each in files), len(files))


def _attempt(root: Path, snapshot: Snapshot | None, change: Change) -> int | None:
    """Try once: the version committed, None when the table only gained its new columns."""
    properties = _properties(change)
    columns = [PARTITION] if change.partitioned else []
    schema = change.schema.to_delta()
    adds = [_add(file, statistics, change.partitioned) for file, statistics in change.added]
    if snapshot is None:
        root.mkdir(parents=True, exist_ok=True)
        create_table_with_add_actions(
            str(root),
            schema,
            adds,
            partition_by=columns,
            configuration=CONFIGURATION,
            commit_properties=properties,
        )
        return 0
    new_columns = change.schema.columns_to_add(snapshot.table, snapshot.schema, change.narrower)
    if new_columns.types:
        widened = LakeSchema({**snapshot.schema.types, **new_columns.types})
        write_deltalake(
            snapshot.delta,
            widened.to_arrow().empty_table(),
            mode="append",
            schema_mode="merge",
            commit_properties=CommitProperties(max_commit_retries=0),
        )
        return None
    removes = [_remove(file, change.partitioned) for file in snapshot.files_of(change.replaces)]
    snapshot.delta.create_write_transaction(
        [*adds, *removes], "append", schema, columns, commit_properties=properties
    )
    return snapshot.version + 1


def commit_on(table: str, root: Path, before: Snapshot | None, change: Change) -> int | None:
    """Commit a change on top of this very version (None: as the first), or not at all.

    Returns:
        The version committed; None when another writer was faster, or when the table only
        gained the columns that the change needs.

    Raises:
        NotCommittedError: the log refused.
        StoreError: the table's columns do not fit the new rows.
    """
    try:
        return _attempt(root, before, change)
    except (DeltaError, OSError) as error:
        return _version_after(error, table, root, before, change)


def _version_after(
    error: Exception, table: str, root: Path, before: Snapshot | None, change: Change
) -> int | None:
    """After an error: our version if the commit happened all the same, None if a race was lost.

    An error after the log entry is written (while a checkpoint is made, say) must not remove
    the files of a committed version.
    """
    now = Snapshot.load(table, root)
    expected = before.version + 1 if before else 0
    if now is not None and change.added and change.added[0][0] in now.files:
        return expected
    if now is not None and now.version >= expected:
        return None
    if is_disk_full(error):
        raise NotCommittedError(str(disk_full(table))) from error
    raise NotCommittedError(f"table {table}: not written, {first_line(error)}") from error


def _properties(change: Change) -> CommitProperties:
    transactions = [Transaction(*change.app)] if change.app else []
    transactions += [Transaction(log, end) for log, (_, end) in change.offsets.items()]
    return CommitProperties(
        custom_metadata=dict(change.info),
        max_commit_retries=0,
        app_transactions=transactions or None,
    )


def _values(file: DataFile, partitioned: bool) -> dict[str, str | None]:
    return {PARTITION: file.partition} if partitioned else {}


def _add(file: DataFile, statistics: str, partitioned: bool) -> AddAction:
    now = int(time.time() * 1000)
    return AddAction(file.path, file.size, _values(file, partitioned), now, True, statistics)


def _remove(file: DataFile, partitioned: bool) -> RemoveAction:
    now = int(time.time() * 1000)
    return RemoveAction(file.path, True, now, file.size, _values(file, partitioned))
