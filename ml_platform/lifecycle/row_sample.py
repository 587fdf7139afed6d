"""A bounded sample of a table's rows, read straight from its files: no Spark job, little memory."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ml_platform.core.names import PARTITION
from ml_platform.stores.lake import LakeTable

DECODED_ROWS = 200_000
"""Rows of a partition that are looked at; beyond that, some row groups stand for all."""


def sample_rows(
    table: LakeTable, partitions: Sequence[str], columns: Sequence[str], rows: int
) -> pa.Table:
    """About so many rows of some partitions, each as heavy as its own number of rows.

    The same rows each time, as long as the table does not change. Of a partition with more than
    `DECODED_ROWS` rows, whole row groups are drawn first, so that neither time nor memory grow
    with it; rows that lie together in a file are then drawn together.

    Args:
        table: a partitioned table.
        partitions: those to draw from; those without rows give none.
        columns: other than the partition, which comes last.
        rows: how many at most, in all; at least one of each partition that has rows.
    """
    counts = {p: n for p, n in table.row_counts().items() if n and p in set(partitions)}
    total = sum(counts.values())
    drawn = [
        _drawn(table.files([p]), columns, p, max(1, min(n, rows * n // total)))
        for p, n in counts.items()
    ]
    return pa.concat_tables(drawn) if drawn else _nothing(table, columns)


def _drawn(files: Sequence[str], columns: Sequence[str], partition: str, rows: int) -> pa.Table:
    rng = np.random.default_rng(0)
    found = pa.concat_tables(list(_row_groups(files, columns, rng)))
    chosen = np.sort(rng.choice(found.num_rows, min(rows, found.num_rows), replace=False))
    drawn = found.take(pa.array(chosen))
    return drawn.append_column(PARTITION, pa.array([partition] * drawn.num_rows, pa.string()))


def _row_groups(
    files: Sequence[str], columns: Sequence[str], rng: np.random.Generator
) -> Iterator[pa.Table]:
    opened = [pq.ParquetFile(file) for file in sorted(files)]
    groups = [(file, i) for file in opened for i in range(file.num_row_groups)]
    left = DECODED_ROWS
    for place in rng.permutation(len(groups)):
        if left <= 0:
            return
        file, group = groups[place]
        read = file.read_row_group(group, columns=list(columns)).select(list(columns))
        left -= read.num_rows
        yield read


def _nothing(table: LakeTable, columns: Sequence[str]) -> pa.Table:
    schema = table.schema()
    fields: Mapping[str, pa.DataType] = {name: schema.field(name).type for name in columns}
    return pa.schema([*fields.items(), (PARTITION, pa.string())]).empty_table()
