"""Landed files -> the raw table: every column as text, with where each row came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from ml_platform.core.errors import LandingError
from ml_platform.core.landing import LandedFile
from ml_platform.core.source_spec import Landing
from ml_platform.spark.landing.raw_batches import raw_batches, raw_schema

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_FILE = "_file"
# Bytes that are worth a task of their own; packed ones count as they are.
_SHARE = 8 << 20


def read_landed(
    spark: SparkSession, files: Sequence[LandedFile], landing: Landing, columns: Sequence[str]
) -> DataFrame:
    """Read landed files as the rows of ``<table>/raw``; lazy, one Spark job for all of them.

    Spark's tasks read the files, each of them whole and in order, so that a range of partitions
    is read as one frame. What ``inspect_landed`` finds wrong with a file is not looked for again:
    ask it before.

    Columns are matched by name. Columns beyond the contract are kept as JSON in ``_extra``. A line
    with too few or too many fields, or that is no JSON object, is kept whole in ``_malformed``
    with null columns. Empty CSV fields are null. ``_row_number`` counts the data rows of the file
    from 1; blank lines and comments are not rows.

    Args:
        spark: classic or Connect session.
        files: the files, each of one partition.
        landing: how they are written.
        columns: the contract's columns; one that a file has not is null.

    Returns:
        the columns as text, ``_extra``, ``_malformed``, ``_source_file``, ``_source_sha256``,
        ``_row_number`` (long), ``_ingested_at`` (timestamp), ``partition``.

    Raises:
        LandingError: there are no files.
    """
    if not files:
        raise LandingError("there is no landed file to read")
    shares = _shares(files)
    paths = [file.path for file in files]
    tasks = spark.range(0, len(shares), 1, len(shares))

    def rows(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for share in batch.column(0).to_pylist():
                for number in shares[share]:
                    for read in raw_batches(Path(paths[number]), landing, columns):
                        place = pa.array([number] * read.num_rows, pa.int32())
                        yield read.append_column(_FILE, place)

    read = tasks.mapInArrow(rows, _schema(columns))
    return read.select(
        *(F.col(f"`{name}`") for name in raw_schema(columns).names[:-1]),
        _of_file([file.path for file in files]).alias("_source_file"),
        _of_file([file.sha256 for file in files]).alias("_source_sha256"),
        F.col("_row_number"),
        F.current_timestamp().alias("_ingested_at"),
        _of_file([file.partition for file in files]).alias("partition"),
    )


def _shares(files: Sequence[LandedFile]) -> list[list[int]]:
    """The files by their places, neighbours together, in shares worth a task each."""
    shares: list[list[int]] = []
    size = _SHARE
    for number, file in enumerate(files):
        if size >= _SHARE:
            shares.append([])
            size = 0
        shares[-1].append(number)
        size += file.size
    return shares


def _schema(columns: Sequence[str]) -> T.StructType:
    texts = [T.StructField(name, T.StringType()) for name in raw_schema(columns).names[:-1]]
    row_number = T.StructField("_row_number", T.LongType())
    return T.StructType([*texts, row_number, T.StructField(_FILE, T.IntegerType())])


def _of_file(values: Sequence[str | None]) -> Column:
    """What is known of the row's file."""
    known = F.array(*(F.lit(value).cast("string") for value in values))
    return F.element_at(known, F.col(_FILE) + 1)
