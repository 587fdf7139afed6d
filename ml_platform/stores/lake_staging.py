"""Where the files of one write wait until they are committed."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ml_platform.core.errors import StoreError
from ml_platform.core.names import PARTITION
from ml_platform.stores.lake_snapshot import UNPARTITIONED, DataFile
from ml_platform.stores.lake_statistics import file_statistics

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

STAGING = "_staging"
NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
ESCAPED = frozenset("\"#%'*/:=?\\\x7f{[]^") | {chr(code) for code in range(1, 32)}
"""What Spark escapes in the name of a partition's folder; other engines decode it alike."""
WRITER_OPTIONS = {
    # The folder is private until the commit, so tasks may put their files straight into it.
    "mapreduce.fileoutputcommitter.algorithm.version": "2",
    "mapreduce.fileoutputcommitter.marksuccessfuljobs": "false",
}


class Staging:
    """The private folder ``_staging/<tx>`` of one write, gone when the ``with`` block ends.

    Files move from it into the table's folders by rename, which is right for a local disk and for
    HDFS. An object store has no rename: `publish` is the one place that would differ there.
    """

    def __init__(self, table: str, root: Path, partitioned: bool) -> None:
        self.table = table
        self.root = root
        self.partitioned = partitioned
        self.tx = uuid.uuid4().hex
        self.folder = root / STAGING / self.tx
        self._published: list[Path] = []

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A folder that cannot be removed now is swept by the next vacuum.
        shutil.rmtree(self.folder, ignore_errors=True)

    def write_frame(self, frame: DataFrame) -> None:
        """Let Spark write a DataFrame here: one job, no shuffle."""
        writer = frame.write.options(**WRITER_OPTIONS)
        if self.partitioned:
            writer = writer.partitionBy(PARTITION)
        writer.parquet(f"file://{self.folder}")

    def write_arrow(self, table: pa.Table) -> None:
        """Write a pyarrow table here."""
        if not self.partitioned:
            self._write_file(table, self.folder)
            return
        values = table[PARTITION]
        rows = table.drop_columns([PARTITION])
        for value in pc.unique(values).to_pylist():
            chosen = pc.equal(values, value) if value is not None else pc.is_null(values)
            folder = f"{PARTITION}={_escaped(value) if value else NO_VALUE}"
            self._write_file(rows.filter(chosen), self.folder / folder)

    def _write_file(self, table: pa.Table, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        pq.write_table(table, folder / "part-00000.parquet")

    def files(self) -> list[Path]:
        """What was written here, in a settled order."""
        return sorted(self.folder.rglob("*.parquet"))

    def publish(self, allowed: Collection[str] | None) -> list[tuple[DataFile, str]]:
        """Move the files to where the table keeps them; readers see them only once committed.

        Args:
            allowed: the partitions this write may fill; None for an unpartitioned table.

        Returns:
            Each non-empty file with its Delta statistics.

        Raises:
            StoreError: when rows belong to no partition, or to one not named; nothing is moved.
        """
        staged = [(path, self._partition_of(path)) for path in self.files()]
        self._check({partition for _, partition in staged}, allowed)
        try:
            return [
                self._publish_file(path, partition, number)
                for number, (path, partition) in enumerate(staged)
                if pq.read_metadata(path).num_rows
            ]
        except Exception:
            self.withdraw()
            raise

    def _partition_of(self, path: Path) -> str:
        if not self.partitioned:
            return UNPARTITIONED
        return unquote(path.parent.name.removeprefix(f"{PARTITION}="))

    def _check(self, found: set[str], allowed: Collection[str] | None) -> None:
        if NO_VALUE in found:
            raise StoreError(f"table {self.table}: some rows have no value in '{PARTITION}'")
        strangers = sorted(found - set(allowed)) if allowed is not None else []
        if strangers:
            raise StoreError(
                f"table {self.table}: rows of partition {', '.join(strangers[:3])} among those "
                f"written to {', '.join(sorted(allowed or ())[:3]) or 'no partition'}"
            )

    def _publish_file(self, path: Path, partition: str, number: int) -> tuple[DataFile, str]:
        statistics = file_statistics(path)
        folder = path.parent.relative_to(self.folder)
        target = self.root / folder / f"{self.tx}-part-{number:05d}.parquet"
        target.parent.mkdir(parents=True, exist_ok=True)
        os.rename(path, target)
        self._published.append(target)
        relative = target.relative_to(self.root).as_posix()
        size = target.stat().st_size
        return DataFile(relative, partition, statistics.rows, size), statistics.delta

    def withdraw(self) -> None:
        """Remove the published files of a write that was certainly not committed."""
        for path in self._published:
            path.unlink(missing_ok=True)


def sweep_staging(root: Path, retention: timedelta) -> int:
    """Remove what killed writes left behind; return how many folders went.

    Args:
        root: the table's folder.
        retention: leave younger folders alone: their write may still be running.
    """
    oldest = time.time() - retention.total_seconds()
    stale = [each for each in (root / STAGING).glob("*") if _last_change(each) <= oldest]
    for folder in stale:
        shutil.rmtree(folder)
    return len(stale)


def _last_change(folder: Path) -> float:
    try:
        return max(each.stat().st_mtime for each in (folder, *folder.rglob("*")))
    except FileNotFoundError:  # its write moved or removed a file just now
        return time.time()


def _escaped(value: str) -> str:
    """A partition value as a folder name, the way Spark spells it.

    >>> _escaped("2013-01-01-05:00")
    '2013-01-01-05%3A00'
    """
    return "".join(f"%{ord(each):02X}" if each in ESCAPED else each for each in value)
