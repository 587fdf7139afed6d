"""What the Parquet files of a partition hold: nulls by their footers, distinct values by a pass."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from ml_platform.core.distinct_count import NOTHING, estimate, merged, sketch_texts
from ml_platform.spark.contract_keys import key_hashes, partition_of
from ml_platform.spark.row_groups import RowGroup, shares_of

# Below it Spark would take longer to start its tasks than the driver takes to read the columns.
BYTES_TO_READ_HERE = 64 * 2**20
# So many 8-byte hashes (32 MB) are sorted on the driver in a second.
ROWS_TO_SORT_HERE = 4_000_000

_TALLY_SCHEMA = "partition string, sketches array<binary>, hashes binary"
_ARROW_SCHEMA = pa.schema(
    {"partition": pa.string(), "sketches": pa.list_(pa.binary()), "hashes": pa.binary()}
)


@dataclass(frozen=True)
class Asked:
    """What is to be counted.

    Attributes:
        nulls: columns whose nulls are.
        texts: text columns whose distinct values are.
        repeats: columns that make up a row where rows that repeat are; empty if they are not.
    """

    nulls: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()
    repeats: tuple[str, ...] = ()

    @property
    def needs_pass(self) -> bool:
        """Whether footers alone do not tell."""
        return bool(self.texts or self.repeats)


@dataclass(frozen=True)
class PartitionCounts:
    """What was counted of one partition.

    Attributes:
        rows: all rows.
        nulls: per column asked for.
        distinct: about how many distinct values each text column has (`distinct_count`).
        repeated: rows that were there before; None where it was not asked for, or where there
            are too many rows to compare.
    """

    rows: int
    nulls: Mapping[str, int]
    distinct: Mapping[str, float]
    repeated: int | None


def rows_in_files(paths: Sequence[str]) -> dict[str, int]:
    """Rows of each partition by the footers of its Parquet files, which lie in its folder."""
    found: dict[str, int] = {}
    for path in paths:
        partition = unquote(partition_of(path))
        found[partition] = found.get(partition, 0) + pq.read_metadata(path).num_rows
    return found


def count_partitions(
    spark: SparkSession, paths: Sequence[str], asked: Asked
) -> dict[str, PartitionCounts]:
    """Count each partition that the files belong to.

    Few bytes are read on the driver, without a Spark job; many by Spark's tasks, in one job.

    Args:
        spark: for the tasks.
        paths: Parquet files, each in a folder ``partition=<value>``, where the workers find them.
        asked: what is to be counted.
    """
    footers = {path: pq.read_metadata(path) for path in paths}
    of = {path: unquote(partition_of(path)) for path in paths}
    tallies = list(_tallied(spark, footers, asked)) if asked.needs_pass else []
    return {
        partition: _counts(
            [footers[path] for path in paths if of[path] == partition],
            [tally for tally in tallies if tally["partition"] == partition],
            asked,
        )
        for partition in sorted(set(of.values()))
    }


def _counts(
    footers: Sequence[pq.FileMetaData], tallies: Sequence[Mapping[str, object]], asked: Asked
) -> PartitionCounts:
    sketches = zip(*(tally["sketches"] for tally in tallies), strict=True)
    rows = sum(footer.num_rows for footer in footers)
    hashes = [np.frombuffer(tally["hashes"], np.uint64) for tally in tallies]
    compared = bool(asked.repeats) and rows <= ROWS_TO_SORT_HERE
    return PartitionCounts(
        rows=rows,
        nulls={column: sum(_nulls(each, column) for each in footers) for column in asked.nulls},
        distinct={
            column: estimate(merged(parts))
            for column, parts in zip(asked.texts, sketches, strict=False)
        },
        repeated=rows - len(np.unique(np.concatenate(hashes))) if compared and hashes else None,
    )


def _nulls(footer: pq.FileMetaData, column: str) -> int:
    """Nulls of a column by the statistics that Spark writes; all rows where it is absent."""
    place = footer.schema.to_arrow_schema().get_field_index(column)
    if place < 0:
        return footer.num_rows
    groups = (footer.row_group(i).column(place) for i in range(footer.num_row_groups))
    return sum(group.statistics.null_count for group in groups)


def _tallied(
    spark: SparkSession, footers: Mapping[str, pq.FileMetaData], asked: Asked
) -> Iterable[Mapping[str, object]]:
    shares = shares_of(footers)
    size = sum(
        f.row_group(i).total_byte_size for f in footers.values() for i in range(f.num_row_groups)
    )
    if size <= BYTES_TO_READ_HERE:
        return (tally for share in shares for tally in _tallies(share, asked))

    def counted(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for number in batch.column(0).to_pylist():
                rows = list(_tallies(shares[number], asked))
                yield pa.RecordBatch.from_pylist(rows, schema=_ARROW_SCHEMA)

    tasks = spark.range(0, len(shares), 1, len(shares))
    return tasks.mapInArrow(counted, _TALLY_SCHEMA).toArrow().to_pylist()


def _tallies(groups: Iterable[RowGroup], asked: Asked) -> Iterator[dict[str, object]]:
    """Of each row group: a sketch per text column, and the hashes of its rows."""
    for group in groups:
        footer = pq.read_metadata(group.path)
        held = set(footer.schema.to_arrow_schema().names)
        texts = held.intersection(asked.texts)
        wanted = texts.union(held.intersection(asked.repeats))
        with pq.ParquetFile(
            group.path, metadata=footer, read_dictionary=list(texts), memory_map=True
        ) as file:
            found = file.read_row_group(group.index, columns=list(wanted), use_threads=False)
        few = found.num_rows <= ROWS_TO_SORT_HERE
        row = [found[column] for column in asked.repeats if column in wanted] if few else []
        yield {
            "partition": unquote(partition_of(group.path)),
            "sketches": [_sketch(found, column) for column in asked.texts],
            "hashes": key_hashes(partition_of(group.path), row).tobytes() if row else b"",
        }


def _sketch(found: pa.Table, column: str) -> bytes:
    if column not in found.column_names:
        return NOTHING
    return merged([sketch_texts(c.dictionary.to_pylist()) for c in found[column].chunks])
