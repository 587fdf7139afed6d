"""One Delta table: written by partition, read by Spark or pyarrow at any version."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core.errors import StoreError
from ml_platform.stores.lake_commit import Commit
from ml_platform.stores.lake_newest import newest_snapshot
from ml_platform.stores.lake_schema import LakeSchema
from ml_platform.stores.lake_snapshot import Snapshot
from ml_platform.stores.lake_vacuum import vacuum
from ml_platform.stores.lake_write import StagedRows, Write, fitted, fold_small_files

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

NOTHING: Mapping[str, str] = MappingProxyType({})


class LakeTable:
    """A table of the lake. Each write is one Delta commit; a killed write leaves no trace.

    A partitioned table keeps its rows by the string column ``partition``, always the last one.
    """

    def __init__(self, name: str, root: Path) -> None:
        self.name = name
        self.root = root

    @property
    def uri(self) -> str:
        """Where the table is; any Delta reader opens it there."""
        return str(self.root)

    def exists(self) -> bool:
        """Whether the table has been written at least once."""
        return self._find() is not None

    def version(self) -> int | None:
        """Number of the newest version, None before the first write."""
        snapshot = self._find()
        return snapshot.version if snapshot else None

    def newest(self) -> Snapshot | None:
        """The newest version, to be read only; the same object until another one is there."""
        return self._find()

    def schema(self) -> pa.Schema:
        """Columns and types.

        Raises:
            StoreError: before the first write.
        """
        return self._open().schema.to_arrow()

    def types(self) -> Mapping[str, object]:
        """Columns with their types in Delta's own words, such as ``integer``.

        Raises:
            StoreError: before the first write.
        """
        return self._open().schema.types

    def partitions(self, version: int | None = None) -> list[str]:
        """The partitions that hold rows, sorted; none before the first write."""
        return list(self.row_counts(version))

    def row_counts(self, version: int | None = None) -> dict[str, int]:
        """Rows per partition (key "" for an unpartitioned table), without scanning rows."""
        snapshot = self._find(version)
        return snapshot.row_counts() if snapshot else {}

    def written_at(self) -> dict[str, float]:
        """When each partition of a partitioned table was written last, in seconds since the epoch.

        Partitions without rows are left out.
        """
        snapshot = self._find()
        return snapshot.written_at() if snapshot else {}

    # --- reading -----------------------------------------------------------------------------

    def read(
        self,
        spark: SparkSession,
        partitions: Sequence[str] | None = None,
        version: int | None = None,
        columns: Sequence[str] | None = None,
    ) -> DataFrame:
        """The rows as a Spark DataFrame, classic or over Spark Connect.

        Args:
            spark: session to read with.
            partitions: only these; partitions without rows give no rows, never an error.
            version: as of this version; the newest unless told.
            columns: only these, in this order.

        Raises:
            StoreError: when the table or version does not exist or its files were vacuumed.
        """
        return self._open(partitions, version).read(spark, partitions, columns)

    def read_arrow(
        self,
        partitions: Sequence[str] | None = None,
        version: int | None = None,
        columns: Sequence[str] | None = None,
        where: pc.Expression | None = None,
    ) -> pa.Table:
        """The rows as a pyarrow table, ``partition`` a plain string; arguments as for `read`.

        Args:
            partitions: as for `read`.
            version: as for `read`.
            columns: as for `read`.
            where: only rows of which this holds; files that can have none of them are not read.

        Raises:
            StoreError: when the table or version does not exist or its files were vacuumed.
        """
        return self._open(partitions, version).read_arrow(partitions, columns, where)

    def files(
        self, partitions: Sequence[str] | None = None, version: int | None = None
    ) -> list[str]:
        """Absolute paths of the Parquet files that hold the rows; arguments as for `read`.

        Rows of the column ``partition`` are in no file: the folder ``partition=<value>`` says it.

        Raises:
            StoreError: when the table or version does not exist or its files were vacuumed.
        """
        return self._open(partitions, version).paths_of(partitions)

    # --- writing -----------------------------------------------------------------------------

    def replace(
        self,
        frame: DataFrame,
        partitions: Sequence[str] | None,
        *,
        app: tuple[str, int] | None = None,
        info: Mapping[str, str] = NOTHING,
        unless_changed_since: int | None = None,
        narrower: bool = False,
    ) -> Commit:
        """Replace exactly these partitions by the rows of a DataFrame, in one commit.

        The frame is written as it is partitioned: coalesce it first where files would be small.

        Args:
            frame: rows with a string column ``partition``; other columns as the table has them,
                or with new ones, which older rows then hold as null.
            partitions: a partition without rows becomes empty; None replaces all of an
                unpartitioned table.
            app: name and number of a step that shall be applied once: repeated, it changes
                nothing and reports what the table holds.
            info: recorded in the commit.
            unless_changed_since: the version that the rows were made from (``NEVER_WRITTEN``: no
                table yet), so that nothing another writer adds to these partitions is lost.
            narrower: the rows may lack columns that the table has, and hold null for them: what a
                declaration no longer names. Else that is refused, as a slip of who makes the rows.

        Raises:
            PartitionChangedError: another writer changed these partitions since that version.
            StoreError: the columns do not fit, rows lie outside the partitions, the disk is full,
                or other writers were faster many times; the table is then unchanged.
        """
        schema = LakeSchema.of_frame(frame)
        since = unless_changed_since
        write = Write(
            self.name,
            self.root,
            schema,
            partitions,
            app,
            info,
            unless_changed_since=since,
            narrower=narrower,
        )
        return write.run(lambda staging: staging.write_frame(frame))

    @contextmanager
    def staged(
        self,
        frame: DataFrame,
        partitions: Sequence[str],
        *,
        info: Mapping[str, str] = NOTHING,
        narrower: bool = False,
    ) -> Iterator[StagedRows]:
        """`replace` in two steps: Spark has computed the rows, and they wait to be committed.

        What was observed while they were written may so decide whether they are committed at all.

        Raises:
            StoreError: as for `replace`.
        """
        schema = LakeSchema.of_frame(frame)
        write = Write(self.name, self.root, schema, partitions, None, info, narrower=narrower)
        with write.staged(lambda staging: staging.write_frame(frame)) as rows:
            yield rows

    def clear(self, partitions: Sequence[str]) -> Commit:
        """Empty some partitions in one commit, without a Spark job.

        Raises:
            StoreError: before the first write, or when other writers were faster many times.
        """
        schema = self._open(partitions).schema
        write = Write(self.name, self.root, schema, partitions, None, NOTHING)
        return write.run(lambda _: None)

    def replace_arrow(
        self,
        table: pa.Table,
        partitions: Sequence[str] | None,
        *,
        app: tuple[str, int] | None = None,
        info: Mapping[str, str] = NOTHING,
        narrower: bool = False,
    ) -> Commit:
        """`replace` for a small table made on the driver; no Spark needed."""
        schema = LakeSchema.of_arrow(table.schema)
        rows = fitted(self.name, table, schema)
        write = Write(self.name, self.root, schema, partitions, app, info, narrower=narrower)
        return write.run(lambda staging: staging.write_arrow(rows))

    def append_arrow(
        self,
        table: pa.Table,
        *,
        app: tuple[str, int] | None = None,
        info: Mapping[str, str] = NOTHING,
    ) -> Commit:
        """Add rows to an unpartitioned table; appends from several processes lose nothing.

        Raises:
            StoreError: as for `replace`.
        """
        schema = LakeSchema.of_arrow(table.schema)
        rows = fitted(self.name, table, schema)
        write = Write(self.name, self.root, schema, None, app, info, append=True)
        done = write.run(lambda staging: staging.write_arrow(rows))
        fold_small_files(self._own())
        return done

    def vacuum(self, retention: timedelta = timedelta(days=7), keep: Collection[int] = ()) -> int:
        """Remove files that no version younger than the retention needs.

        Args:
            retention: longer than the longest write and the longest read, rounded up to hours.
            keep: versions that stay readable however old they are.

        Returns:
            How many files, and folders left by killed writes, were removed.
        """
        return vacuum(self._own(), retention, keep)

    def _find(self, version: int | None = None) -> Snapshot | None:
        if version is None:
            return newest_snapshot(self.name, self.root)
        return Snapshot.load(self.name, self.root, version)

    def _own(self) -> Snapshot:
        """The newest version for one that changes the table: nobody else holds this snapshot."""
        snapshot = Snapshot.load(self.name, self.root)
        if snapshot is None:
            raise StoreError(f"table {self.name} has not been written yet")
        return snapshot

    def _open(
        self, partitions: Sequence[str] | None = None, version: int | None = None
    ) -> Snapshot:
        snapshot = self._find(version)
        if snapshot is None:
            raise StoreError(f"table {self.name} has not been written yet")
        snapshot.check_layout(partitions)
        if version is not None:
            snapshot.check_on_disk()
        return snapshot
