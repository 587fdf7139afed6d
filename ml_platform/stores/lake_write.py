"""One write of a table, from the check of its columns to its commit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from ml_platform.core.errors import StoreError
from ml_platform.core.names import PARTITION
from ml_platform.stores.lake_change import Change
from ml_platform.stores.lake_commit import Commit, commit, commit_on, describe
from ml_platform.stores.lake_errors import NotCommittedError, disk_full_in_plain_words
from ml_platform.stores.lake_schema import LakeSchema
from ml_platform.stores.lake_snapshot import DataFile, Snapshot
from ml_platform.stores.lake_staging import Staging

MANY_FILES = 64
"""Appends leave a file each; from this many on they are folded into one."""


@dataclass(frozen=True)
class Write:
    """What shall be written where.

    Attributes:
        table: name of the table, for messages.
        root: its folder.
        schema: columns of the new rows.
        partitions: the partitions the rows lie in; None for an unpartitioned table.
        app: name and number of a step that is applied once.
        info: recorded in the commit.
        append: keep the rows that are there.
        unless_changed_since: the version that the rows were made from, as in `Change`.
        offsets: from where to where logs were read, as in `Change`.
        narrower: the rows may lack columns of the table, as in `Change`.
    """

    table: str
    root: Path
    schema: LakeSchema
    partitions: Sequence[str] | None
    app: tuple[str, int] | None
    info: Mapping[str, str]
    append: bool = False
    unless_changed_since: int | None = None
    offsets: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    narrower: bool = False

    def run(self, stage: Callable[[Staging], None]) -> Commit:
        """Stage, publish, commit.

        Args:
            stage: puts the rows into the staging folder it is given.

        Raises:
            StoreError: the write was refused and the table is unchanged.
        """
        with self.staged(stage) as rows:
            return rows.commit()

    @contextmanager
    def staged(self, stage: Callable[[Staging], None]) -> Iterator[StagedRows]:
        """Stage, and leave the commit to the ``with`` block, which may also decide against it.

        The checks come first, so that a refusal costs no Spark job.

        Raises:
            StoreError: as for `run`.
        """
        snapshot = Snapshot.load(self.table, self.root)
        self._check(snapshot)
        change = self.change(())
        if snapshot is not None and change.applied_in(snapshot):
            files = snapshot.files_of(change.replaces)
            yield StagedRows(self, None, describe(snapshot.version, files, change.replaces))
            return
        with Staging(self.table, self.root, self.partitions is not None) as staging:
            with disk_full_in_plain_words(self.table):
                stage(staging)
            yield StagedRows(self, staging, None)

    def change(self, added: Sequence[tuple[DataFile, str]]) -> Change:
        """The change that these files make to the table."""
        replaces = () if self.append else self.partitions
        partitioned = self.partitions is not None
        return Change(
            self.schema,
            partitioned,
            added,
            replaces,
            self.app,
            self.info,
            self.unless_changed_since,
            self.offsets,
            self.narrower,
        )

    def _check(self, snapshot: Snapshot | None) -> None:
        self.schema.check_storable(self.table)
        if self.partitions is not None and self.schema.types.get(PARTITION) != "string":
            raise StoreError(f"table {self.table}: the rows need a string column '{PARTITION}'")
        if snapshot is None:
            return
        if snapshot.partitioned and self.partitions is None:
            raise StoreError(f"table {self.table} is partitioned: name the partitions to replace")
        snapshot.check_layout(self.partitions)
        self.schema.columns_to_add(self.table, snapshot.schema, self.narrower)


@dataclass(frozen=True)
class StagedRows:
    """Rows that wait in the staging folder; gone with it unless they are committed."""

    _write: Write
    _staging: Staging | None
    _applied: Commit | None

    def files(self) -> list[str]:
        """The Parquet files that wait, in folders named like those of the table."""
        return [] if self._staging is None else [str(path) for path in self._staging.files()]

    def commit(self) -> Commit:
        """Publish the files and commit them.

        Raises:
            StoreError: the write was refused and the table is unchanged.
        """
        if self._staging is None:
            assert self._applied is not None
            return self._applied
        write = self._write
        with disk_full_in_plain_words(write.table):
            change = write.change(self._staging.publish(write.partitions))
            try:
                return commit(write.table, write.root, change)
            except NotCommittedError:
                self._staging.withdraw()
                raise


def fitted(table: str, rows: pa.Table, schema: LakeSchema) -> pa.Table:
    """Rows in the lake's own types, columns in the lake's order.

    Raises:
        StoreError: when a value does not fit (an unsigned number beyond the signed range, say).
    """
    schema.check_storable(table)
    try:
        return rows.select(schema.names).cast(schema.to_arrow())
    except pa.ArrowInvalid as error:
        raise StoreError(f"table {table}: {error}") from error


def fold_small_files(snapshot: Snapshot) -> None:
    """Put the rows of many appended files into one, unless somebody writes at the same moment.

    Two processes that ran delta-rs' own `optimize.compact` at once doubled the rows; this is one
    compare-and-swap on the snapshot that was read.
    """
    if len(snapshot.files) < MANY_FILES:
        return
    # Housekeeping after a write that is already committed: its failure is not the write's.
    with (
        Staging(snapshot.table, snapshot.root, partitioned=False) as staging,
        suppress(StoreError),
        disk_full_in_plain_words(snapshot.table),
    ):
        staging.write_arrow(snapshot.read_arrow())
        change = Change(snapshot.schema, False, staging.publish(None), replaces=None)
        try:
            version = commit_on(snapshot.table, snapshot.root, snapshot, change)
        except NotCommittedError:
            version = None
        if version is None:
            staging.withdraw()  # a later append folds
