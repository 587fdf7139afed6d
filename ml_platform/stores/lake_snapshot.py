"""One version of a lake table: its files, partitions and row counts, all from the Delta log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError

from ml_platform.core.errors import StoreError
from ml_platform.core.names import PARTITION
from ml_platform.stores.lake_errors import first_line
from ml_platform.stores.lake_schema import LakeSchema
from ml_platform.stores.lake_statistics import file_statistics

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

REFUSED_FEATURES = {"deletionVectors": "deletion vectors", "columnMapping": "column mapping"}
"""A reader of plain Parquet files would return deleted rows, or columns under wrong names."""
UNPARTITIONED = ""
"""Stands for the whole of an unpartitioned table where rows are counted per partition."""


@dataclass(frozen=True)
class DataFile:
    """A Parquet file of a table.

    Attributes:
        path: relative to the table's folder, as the disk spells it.
        partition: the value of the partition column, ``UNPARTITIONED`` where there is none.
        rows: number of rows.
        size: bytes.
    """

    path: str
    partition: str
    rows: int
    size: int


@dataclass(frozen=True)
class Snapshot:
    """A table as of one version; never changes, so it can be read while others write."""

    table: str
    root: Path
    delta: DeltaTable

    @classmethod
    def load(cls, table: str, root: Path, version: int | None = None) -> Snapshot | None:
        """Open a version (the newest unless told); None where no table is.

        Raises:
            StoreError: for a version that does not exist, or a table that cannot be read safely.
        """
        if not DeltaTable.is_deltatable(str(root)):
            return None
        try:
            snapshot = cls(table, root, DeltaTable(str(root), version=version))
        except TableNotFoundError:
            return None
        except DeltaError as error:
            asked = f"version {version} of table {table}" if version is not None else table
            raise StoreError(f"cannot open {asked}: {first_line(error)}") from error
        snapshot._refuse_unsafe_features()
        return snapshot

    def _refuse_unsafe_features(self) -> None:
        features = set(self.delta.protocol().reader_features or ())
        configuration = self.delta.metadata().configuration
        if configuration.get("delta.columnMapping.mode", "none") != "none":
            features.add("columnMapping")
        if configuration.get("delta.enableDeletionVectors", "false") == "true":
            features.add("deletionVectors")
        for feature, words in REFUSED_FEATURES.items():
            if feature in features:
                raise StoreError(
                    f"table {self.table} uses {words}, which its readers here would ignore and so "
                    "return wrong rows; rewrite the table without it"
                )

    @property
    def version(self) -> int:
        """Number of this version, from 0."""
        return self.delta.version()

    @property
    def partitioned(self) -> bool:
        """Whether rows are kept by the column ``partition``."""
        return self.delta.metadata().partition_columns == [PARTITION]

    def offset(self, log: str) -> int:
        """How far a log has been moved into this version; 0 for one never heard of."""
        return self.delta.transaction_version(log) or 0

    @cached_property
    def schema(self) -> LakeSchema:
        """Columns and types."""
        return LakeSchema.of_delta(self.delta.schema())

    @cached_property
    def files(self) -> list[DataFile]:
        """Every file of this version."""
        actions = pa.table(self.delta.get_add_actions(flatten=True))
        paths = [unquote(path) for path in actions["path"].to_pylist()]
        counts = actions["num_records"].to_pylist()
        sizes = actions["size_bytes"].to_pylist()
        values = [UNPARTITIONED] * len(paths)
        if self.partitioned:
            values = actions[f"partition.{PARTITION}"].to_pylist()
        return [
            DataFile(path, value, self._rows(path, rows), size)
            for path, value, rows, size in zip(paths, values, counts, sizes, strict=True)
        ]

    def _rows(self, path: str, logged: int | None) -> int:
        """Rows of a file; a writer that logs no statistics leaves them to the footer."""
        return file_statistics(self.root / path).rows if logged is None else logged

    def files_of(self, partitions: Iterable[str] | None) -> list[DataFile]:
        """Files of some partitions; of all where None is given."""
        if partitions is None:
            return self.files
        wanted = set(partitions)
        return [each for each in self.files if each.partition in wanted]

    def paths_of(self, partitions: Iterable[str] | None) -> list[str]:
        """Absolute paths of the files of some partitions; of all where None is given."""
        return [str(self.root / each.path) for each in self.files_of(partitions)]

    def written_at(self) -> dict[str, float]:
        """When each partition that holds rows was written last, in seconds since the epoch."""
        actions = pa.table(self.delta.get_add_actions(flatten=True))
        moments = actions["modification_time"].cast(pa.int64()).to_pylist()
        newest: dict[str, float] = {}
        for partition, moment in zip(
            actions[f"partition.{PARTITION}"].to_pylist(), moments, strict=True
        ):
            newest[partition] = max(newest.get(partition, 0.0), moment / 1000)
        return newest

    def row_counts(self) -> dict[str, int]:
        """Rows per partition."""
        counts: dict[str, int] = {}
        for each in self.files:
            counts[each.partition] = counts.get(each.partition, 0) + each.rows
        return dict(sorted(counts.items()))

    def read_arrow(
        self,
        partitions: Sequence[str] | None = None,
        columns: Sequence[str] | None = None,
        where: pc.Expression | None = None,
    ) -> pa.Table:
        """The rows of some partitions (of all where None is given) as a pyarrow table.

        Args:
            partitions: those that are read.
            columns: those that are read.
            where: only rows of which this holds; files that can have none of them are not read.
        """
        chosen = self.schema.names if columns is None else list(columns)
        schema = self.schema.to_arrow()
        if not self.files_of(partitions):
            return schema.empty_table().select(chosen)
        wanted = None if partitions is None else [(PARTITION, "in", list(partitions))]
        dataset = self.delta.to_pyarrow_dataset(schema=schema, file_pruning_predicate=wanted)
        return dataset.to_table(columns=chosen, filter=where)

    def read(
        self,
        spark: SparkSession,
        partitions: Sequence[str] | None = None,
        columns: Sequence[str] | None = None,
    ) -> DataFrame:
        """The rows of some partitions (of all where None is given) as a Spark DataFrame."""
        schema = self.schema.to_spark()
        paths = [f"file://{path}" for path in self.paths_of(partitions)]
        if paths:
            reader = spark.read.schema(schema).option("basePath", f"file://{self.root}")
            frame = reader.parquet(*paths)
        else:
            frame = spark.createDataFrame([], schema)
        chosen = self.schema.names if columns is None else columns
        return frame.select(*[f"`{name}`" for name in chosen])

    def check_layout(self, partitions: Sequence[str] | None) -> None:
        """Refuse partitions of an unpartitioned table.

        Raises:
            StoreError: when partitions are named and there are none.
        """
        if partitions is not None and not self.partitioned:
            raise StoreError(f"table {self.table} is not partitioned: name no partitions")

    def check_on_disk(self) -> None:
        """Make sure an old version still has its files.

        Raises:
            StoreError: when a vacuum has removed them.
        """
        if not all((self.root / each.path).exists() for each in self.files):
            raise StoreError(
                f"version {self.version} of table {self.table} is gone: a vacuum removed its files"
            )
