"""Landed files -> the raw table: every column as text, with where each row came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from ml_platform.core.errors import LandingError
from ml_platform.core.landing import LandedFile
from ml_platform.core.source_spec import Landing
from ml_platform.spark.csv_header import CsvDialect, read_header
from ml_platform.spark.expressions import union_of
from ml_platform.spark.landing_inspection import inspect_landed
from ml_platform.spark.row_number import row_number

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = ["inspect_landed", "read_landed"]

_MALFORMED = "_malformed"
# What the platform decides about a CSV file; everything else may be set in the landing's options.
_CSV_FIXED = {
    "mode": "PERMISSIVE",
    "columnNameOfCorruptRecord": _MALFORMED,
    "enforceSchema": "true",
    "inferSchema": "false",
}
# Quotes are doubled inside quotes (RFC 4180); Spark's default is a backslash.
_CSV_DEFAULTS = {"header": "true", "escape": '"'}


def read_landed(
    spark: SparkSession,
    files: Sequence[LandedFile],
    landing: Landing,
    columns: Sequence[str],
    optional: Sequence[str] = (),
) -> DataFrame:
    """Read landed files as the rows of ``<table>/raw``; lazy.

    Columns are matched by name. Columns beyond the contract are kept as JSON in ``_extra``. A line
    with too few or too many fields, or that is no JSON object, is kept whole in ``_malformed``
    with null columns. Empty CSV fields are null. ``_row_number`` counts the data rows of the file
    from 1; blank lines are not rows.

    Args:
        spark: classic or Connect session.
        files: the files, each of one partition.
        landing: how they are written.
        columns: the contract's columns.
        optional: those of them that need not be there; they are null then.

    Returns:
        the columns as text, ``_extra``, ``_malformed``, ``_source_file``, ``_source_sha256``,
        ``_row_number`` (long), ``_ingested_at`` (timestamp), ``partition``.

    Raises:
        LandingError: a file as a whole cannot be read; see ``inspect_landed``.
    """
    if not files:
        raise LandingError("there is no landed file to read")
    read = _READERS[landing.format]
    frames = []
    for file in files:
        if problems := inspect_landed(file, landing, columns, optional):
            raise LandingError(f"{file.path}: {'; '.join(problems)}")
        frames.append(_with_provenance(read(spark, file, landing, columns), file, columns))
    return union_of(frames)


def _with_provenance(frame: DataFrame, file: LandedFile, columns: Sequence[str]) -> DataFrame:
    return frame.select(
        *(F.col(f"`{column}`") for column in columns),
        "_extra",
        _MALFORMED,
        F.lit(file.path).alias("_source_file"),
        F.lit(file.sha256).cast("string").alias("_source_sha256"),
        F.col("_row_number").cast("long").alias("_row_number"),
        F.current_timestamp().alias("_ingested_at"),
        F.lit(file.partition).alias("partition"),
    )


def _read_csv(
    spark: SparkSession, file: LandedFile, landing: Landing, columns: Sequence[str]
) -> DataFrame:
    header = read_header(Path(file.path), CsvDialect.of(landing.options), columns)
    # By position, because a header may hold names that Spark would take for something else.
    fields = [T.StructField(f"c{i}", T.StringType()) for i in range(len(header))]
    schema = T.StructType([*fields, T.StructField(_MALFORMED, T.StringType())])
    options = {**_CSV_DEFAULTS, **landing.options, **_CSV_FIXED}
    lines = spark.read.schema(schema).options(**options).csv(_exact(file.path))
    values = {name: _csv_value(f"c{i}") for i, name in enumerate(header)}
    extra = {name: value for name, value in values.items() if name not in columns}
    one_piece = landing.options.get("multiLine", "false").lower() == "true"
    return row_number(lines, file, one_piece).select(
        *(values.get(column, _nothing()).alias(column) for column in columns),
        _extra_of(extra).alias("_extra"),
        _MALFORMED,
        "_row_number",
    )


def _csv_value(name: str) -> Column:
    value = F.col(name)
    # The fields of a line that does not fit the header may be shifted: none is believed.
    return F.when(F.col(_MALFORMED).isNull() & (value != ""), value)


def _extra_of(columns: dict[str, Column]) -> Column:
    if not columns:
        return _nothing()
    pairs = [part for name, value in columns.items() for part in (F.lit(name), value)]
    as_json = F.to_json(F.create_map(*pairs), {"ignoreNullFields": "false"})
    return F.when(F.col(_MALFORMED).isNull(), as_json)


def _read_json(
    spark: SparkSession, file: LandedFile, landing: Landing, columns: Sequence[str]
) -> DataFrame:
    lines = spark.read.text(_exact(file.path)).filter(F.trim("value") != "")
    text = F.regexp_replace("value", "^\ufeff", "")
    # Spark's parser ignores what follows the object.
    whole = F.when(text.rlike(r"\}\s*$"), F.from_json(text, "map<string,string>"))
    parsed = row_number(lines, file, one_piece=False).withColumn("fields", whole)
    fields = F.col("fields")
    extra = F.map_filter(fields, lambda key, _: ~key.isin(list(columns)))
    return parsed.select(
        *(F.try_element_at(fields, F.lit(column)).alias(column) for column in columns),
        F.when(F.size(extra) > 0, F.to_json(extra, {"ignoreNullFields": "false"})).alias("_extra"),
        F.when(fields.isNull(), F.col("value")).alias(_MALFORMED),
        "_row_number",
    )


def _read_parquet(
    spark: SparkSession, file: LandedFile, landing: Landing, columns: Sequence[str]
) -> DataFrame:
    rows = spark.read.options(**landing.options).parquet(_exact(file.path))
    values = {field.name: _as_text(field) for field in rows.schema.fields}
    extra = {name: value for name, value in values.items() if name not in columns}
    return rows.withColumn(_MALFORMED, _nothing()).select(
        *(values.get(column, _nothing()).alias(column) for column in columns),
        _extra_of(extra).alias("_extra"),
        _MALFORMED,
        (F.col("_metadata.row_index") + 1).alias("_row_number"),
    )


def _as_text(field: T.StructField) -> Column:
    value = F.col(f"`{field.name}`")
    if isinstance(field.dataType, T.ArrayType | T.MapType | T.StructType):
        return F.to_json(value)
    if isinstance(field.dataType, T.FloatType | T.DoubleType):
        # 15000000.0 would be written 1.5E7, which no whole-number column takes.
        whole = (value == F.floor(value)) & (F.abs(value) < 1e15)
        return F.when(whole, value.cast("long").cast("string")).otherwise(value.cast("string"))
    return value.cast("string")


def _nothing() -> Column:
    return F.lit(None).cast("string")


def _exact(path: str) -> str:
    """A path in which Spark sees no pattern."""
    return "".join(f"\\{c}" if c in "[]{}*?" else c for c in path)


_READERS: dict[str, Callable[[SparkSession, LandedFile, Landing, Sequence[str]], DataFrame]] = {
    "csv": _read_csv,
    "json": _read_json,
    "parquet": _read_parquet,
}
