"""Profiles of a table's own Parquet files: Spark's tasks read them with Arrow and send counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from ml_platform.core.errors import UserError
from ml_platform.core.profile_plan import PartitionProfile, ProfilePlan, ProfileSums
from ml_platform.spark.contract_keys import partition_of
from ml_platform.spark.profile_tally import SPARK_SCHEMA, tally, to_arrow, total
from ml_platform.spark.row_groups import RowGroup, shares_of

# Read where the caller is: a Spark job costs more than such files take.
FEW_BYTES = 8 << 20


@dataclass(frozen=True)
class ProfiledFiles:
    """Parquet files that make up a table.

    Attributes:
        spark: the session to read them with.
        paths: absolute, on a disk that Spark's workers share; the folder ``partition=<value>``
            names the partition of all rows of a file.
        leaves: where a column lies in the files if not under its own name, such as
            ``features.temp`` for a field of a struct.
    """

    spark: SparkSession
    paths: tuple[str, ...]
    leaves: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _footers(self) -> dict[str, pq.FileMetaData]:
        return {path: pq.read_metadata(path) for path in self.paths}

    @property
    def _bytes(self) -> int:
        return sum(
            footer.row_group(i).total_byte_size
            for footer in self._footers.values()
            for i in range(footer.num_row_groups)
        )

    def profile(self, plan: ProfilePlan) -> list[PartitionProfile]:
        """Profiles of each partition, its segments and columns, in one pass.

        Small files are read where the caller is, without a Spark job.

        Raises:
            UserError: every file lacks a column; one that only some lack is null in those.
        """
        leaves = self._leaves_of(plan)
        self._check_columns(leaves)
        shares = shares_of(self._footers)
        tallied = FileTally(plan, leaves)
        if self._bytes <= FEW_BYTES:
            return tallied.of([group for share in shares for group in share]).found()

        def found(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                for number in batch.column(0).to_pylist():
                    yield to_arrow(tallied.of(shares[number]))

        tasks = self.spark.range(0, len(shares), 1, len(shares))
        return total([tasks.mapInArrow(found, SPARK_SCHEMA).toArrow()])

    def lacking(self, plan: ProfilePlan) -> frozenset[str]:
        """The columns of a plan that no file has."""
        there = {leaf for footer in self._footers.values() for leaf in _leaves(footer)}
        return frozenset(n for n, leaf in self._leaves_of(plan).items() if leaf not in there)

    def _leaves_of(self, plan: ProfilePlan) -> dict[str, str]:
        return {name: self.leaves.get(name, name) for name in plan.columns}

    def _check_columns(self, leaves: Mapping[str, str]) -> None:
        there = {leaf for footer in self._footers.values() for leaf in _leaves(footer)}
        absent = sorted(leaf for leaf in leaves.values() if leaf not in there)
        if self.paths and absent:
            raise UserError(f"the rows to profile have no column {', '.join(absent)}")


def _leaves(footer: pq.FileMetaData) -> frozenset[str]:
    return frozenset(footer.schema.column(i).path for i in range(len(footer.schema)))


@dataclass(frozen=True)
class FileTally:
    """Counts row groups; one column of one row group is in memory at a time.

    Attributes:
        plan: what is to be counted.
        leaves: where each column of the plan lies in the files.
    """

    plan: ProfilePlan
    leaves: Mapping[str, str]

    def of(self, groups: Sequence[RowGroup]) -> ProfileSums:
        """Profiles of the rows of these row groups."""
        sums = ProfileSums()
        for group in groups:
            with self._open(group.path) as file:
                columns = _Columns(file, group.index, self.leaves, _leaves(file.metadata))
                tally(self.plan, partition_of(group.path), columns.read, sums)
        return sums

    def _open(self, path: str) -> pq.ParquetFile:
        footer = pq.read_metadata(path)
        texts = {cut.column for cut in self.plan.edges if cut.kind == "categorical"}
        texts |= {segmentation.column for segmentation in self.plan.segmentations}
        coded = {self.leaves[name] for name in texts} & _leaves(footer)
        return pq.ParquetFile(
            path, metadata=footer, read_dictionary=list(coded), memory_map=True, pre_buffer=False
        )


@dataclass(frozen=True)
class _Columns:
    """The columns of a row group."""

    file: pq.ParquetFile
    group: int
    leaves: Mapping[str, str]
    there: frozenset[str]

    def read(self, name: str) -> pa.Array:
        """A column, all null in a file that is older than it."""
        top, *fields = self.leaves[name].split(".")
        if self.leaves[name] not in self.there:
            return pa.nulls(self.file.metadata.row_group(self.group).num_rows)
        rows = self.file.read_row_group(self.group, columns=[self.leaves[name]], use_threads=False)
        column = rows.column(top)
        return _in_one(pc.struct_field(column, fields) if fields else column)


def _in_one(column: pa.ChunkedArray) -> pa.Array:
    if column.num_chunks == 1:
        return column.chunk(0)
    return column.unify_dictionaries().combine_chunks()
