"""What one commit shall do to a table, and whether it still may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ml_platform.stores.lake_errors import OffsetMovedError, PartitionChangedError
from ml_platform.stores.lake_schema import LakeSchema
from ml_platform.stores.lake_snapshot import DataFile, Snapshot

NEVER_WRITTEN = -1
"""Stands for the version of a table that does not exist yet; Delta counts from 0."""


@dataclass(frozen=True)
class Change:
    """What one commit shall do to a table.

    Attributes:
        schema: columns of the new rows.
        partitioned: whether the table is kept by ``partition``.
        added: files already in place, each with its Delta statistics.
        replaces: partitions to empty first; None for the whole table; () to append.
        app: name and number of an application's step, applied once and never again.
        info: recorded in the commit.
        unless_changed_since: the version whose rows the new ones were made from, or
            ``NEVER_WRITTEN``; None where they do not depend on what is there.
        offsets: for each log whose rows are moved here, from where to where it was read; kept
            as Delta's application transactions, in the same commit as the rows.
        narrower: the rows may lack columns of the table, and hold null for them.
    """

    schema: LakeSchema
    partitioned: bool
    added: Sequence[tuple[DataFile, str]]
    replaces: Sequence[str] | None
    app: tuple[str, int] | None = None
    info: Mapping[str, str] = field(default_factory=dict)
    unless_changed_since: int | None = None
    offsets: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    narrower: bool = False

    def applied_in(self, snapshot: Snapshot | None) -> bool:
        """Whether this application step is in the table already.

        Delta itself accepts the same step twice in a row, so it is asked before each commit.
        """
        if snapshot is None or self.app is None:
            return False
        seen = snapshot.delta.transaction_version(self.app[0])
        return seen is not None and seen >= self.app[1]

    def check_offsets(self, table: str, newest: Snapshot | None) -> None:
        """Make sure that each log is moved on from exactly where the table has it.

        "At least so far", as in `applied_in`, is not enough: of two movers that began at the same
        row and read to different ones, both would be let through.

        Raises:
            OffsetMovedError: another mover was faster; nothing was written.
        """
        for log, (start, _) in self.offsets.items():
            there = 0 if newest is None else newest.offset(log)
            if there != start:
                raise OffsetMovedError(
                    f"table {table}: rows of {log} from {start} on were to be moved, but it holds "
                    f"those before {there}; nothing was written"
                )

    def check_base(self, table: str, root: Path, newest: Snapshot | None) -> None:
        """Make sure that what is about to be replaced is what the new rows were made from.

        Other partitions may have changed: only the files of the replaced ones are compared. The
        name of a file is never used twice, so equal names are equal rows.

        Raises:
            PartitionChangedError: when another writer changed these partitions in between.
        """
        since = self.unless_changed_since
        if since is None or (newest is not None and newest.version == since):
            return
        base = Snapshot.load(table, root, since) if since != NEVER_WRITTEN else None
        changed = sorted({partition for partition, _ in self._named(base) ^ self._named(newest)})
        if changed:
            raise PartitionChangedError(
                f"table {table}: another run changed {', '.join(changed[:3]) or 'it'} while this "
                "one made its rows from what was there before; nothing was written, run again"
            )

    def _named(self, snapshot: Snapshot | None) -> set[tuple[str, str]]:
        files = snapshot.files_of(self.replaces) if snapshot else []
        return {(each.partition, each.path) for each in files}
