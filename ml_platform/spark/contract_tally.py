"""What one Spark task finds in row groups of Parquet files: counts that add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ml_platform.spark.contract_arrow import ArrowCondition
from ml_platform.spark.contract_keys import key_hashes, partition_of
from ml_platform.spark.row_groups import RowGroup

TALLY_SCHEMA = (
    "rows long, bad_rows long, values array<long>, failures array<long>, unsettled array<int>, "
    "keys binary"
)
_ARROW_SCHEMA = pa.schema(
    {
        "rows": pa.int64(),
        "bad_rows": pa.int64(),
        "values": pa.list_(pa.int64()),
        "failures": pa.list_(pa.int64()),
        "unsettled": pa.list_(pa.int32()),
        "keys": pa.binary(),
    }
)


@dataclass(frozen=True)
class ValueCheck:
    """A check of single values: its place in the report, and whether failing makes a row bad."""

    index: int
    fails: ArrowCondition
    blocks: bool


@dataclass(frozen=True)
class ColumnChecks:
    """What is to be found out about one column.

    Attributes:
        name: of the column.
        is_text: read it as codes into its distinct values.
        not_null: place in the report of the check that nulls fail; None where they may be.
        checks: of its values.
    """

    name: str
    is_text: bool
    not_null: int | None
    checks: tuple[ValueCheck, ...]


@dataclass(frozen=True)
class TableChecks:
    """What is to be found out about a table.

    Attributes:
        columns: the columns that something is asked of.
        checks: how many checks the report has.
        key: columns whose hashes are wanted; empty if none are.
    """

    columns: tuple[ColumnChecks, ...]
    checks: int
    key: tuple[str, ...]


@dataclass
class Tally:
    """Counts of one or more row groups.

    Attributes:
        rows: all rows.
        bad_rows: rows that fail a check which blocks.
        values: values that are not null, per column.
        failures: rows that fail, per check.
        unsettled: checks that only Spark can judge on these rows.
        keys: hashes of the key.
    """

    rows: int
    bad_rows: int
    values: np.ndarray
    failures: np.ndarray
    unsettled: set[int] = field(default_factory=set)
    keys: np.ndarray = field(default_factory=lambda: np.empty(0, dtype=np.uint64))

    @classmethod
    def empty(cls, table: TableChecks) -> Tally:
        """Of no rows."""
        return cls(0, 0, np.zeros(len(table.columns), int), np.zeros(table.checks, int))

    @classmethod
    def total(cls, table: TableChecks, tallies: pa.Table) -> Tally:
        """The sum of the tallies that the tasks have sent."""
        total = cls.empty(table)
        for row in tallies.to_pylist():
            total.rows += row["rows"]
            total.bad_rows += row["bad_rows"]
            total.values += row["values"]
            total.failures += row["failures"]
            total.unsettled |= set(row["unsettled"])
        keys = [np.frombuffer(each.as_buffer(), np.uint64) for each in tallies["keys"]]
        return cls(**{**vars(total), "keys": np.concatenate(keys) if keys else total.keys})

    def to_arrow(self) -> pa.RecordBatch:
        """One row of ``TALLY_SCHEMA``."""
        row = {**vars(self), "unsettled": sorted(self.unsettled), "keys": self.keys.tobytes()}
        return pa.RecordBatch.from_pylist([row], schema=_ARROW_SCHEMA)


def tallies(table: TableChecks, groups: Sequence[RowGroup]) -> Iterator[Tally]:
    """A tally of each row group; one column of one row group is in memory at a time."""
    for group in groups:
        with _open(table, group.path) as file:
            yield _tally(table, file, group)


def _open(table: TableChecks, path: str) -> pq.ParquetFile:
    metadata = pq.read_metadata(path)
    there = set(metadata.schema.to_arrow_schema().names)
    texts = [column.name for column in table.columns if column.is_text and column.name in there]
    return pq.ParquetFile(
        path, metadata=metadata, read_dictionary=texts, memory_map=True, pre_buffer=False
    )


def _tally(table: TableChecks, file: pq.ParquetFile, group: RowGroup) -> Tally:
    rows = file.metadata.row_group(group.index).num_rows
    tally, bad = Tally.empty(table), np.zeros(rows, dtype=bool)
    tally.rows = rows
    for place, column in enumerate(table.columns):
        found = _read(file, group.index, column.name)
        tally.values[place] = rows - found.null_count
        _judge(column, found, tally, bad)
    tally.bad_rows = int(np.count_nonzero(bad))
    if table.key:
        key = [_read(file, group.index, name) for name in table.key]
        tally.keys = key_hashes(partition_of(group.path), key)
    return tally


def _read(file: pq.ParquetFile, group: int, column: str) -> pa.ChunkedArray:
    """The column, all null in a file that is older than it."""
    if column not in file.schema_arrow.names:
        return pa.chunked_array([pa.nulls(file.metadata.row_group(group).num_rows)])
    return file.read_row_group(group, columns=[column], use_threads=False).column(column)


def _judge(column: ColumnChecks, found: pa.ChunkedArray, tally: Tally, bad: np.ndarray) -> None:
    """Count what fails in a column, and mark the rows that are bad for it."""
    start = 0
    for chunk in found.chunks:
        here = bad[start : start + len(chunk)]
        start += len(chunk)
        present = chunk.is_valid().to_numpy(zero_copy_only=False) if chunk.null_count else None
        if present is not None and column.not_null is not None:
            tally.failures[column.not_null] += chunk.null_count
            here |= ~present
        values = chunk if present is None else chunk.drop_null()
        for check in column.checks if len(values) else ():
            failing = _failing(check, values)
            if failing is None:
                tally.unsettled.add(check.index)
            elif count := np.count_nonzero(failing):
                tally.failures[check.index] += count
                if check.blocks:
                    here[slice(None) if present is None else present] |= failing


def _failing(check: ValueCheck, values: pa.Array) -> np.ndarray | None:
    """Per value whether it fails; of text, each distinct value is judged once."""
    if not pa.types.is_dictionary(values.type):
        return check.fails(values)
    failing = check.fails(values.dictionary)
    if failing is None or not failing.any():
        return failing
    return np.asarray(failing[values.indices.to_numpy()])
