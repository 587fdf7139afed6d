"""The checks of a raw table: what pandera checks, and what landed text can get wrong before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.ingestion.wall_clock import zone_of
from ml_platform.spark.contract_coercion import can_be_infinite, coerce, not_finite
from ml_platform.spark.contract_column import ContractColumn
from ml_platform.spark.contract_report import ROWS, RowCheck

if TYPE_CHECKING:
    from ml_platform.spark.contract import CompiledContract

PROVENANCE = (
    "_extra",
    "_malformed",
    "_source_file",
    "_source_sha256",
    "_row_number",
    "_ingested_at",
)
# What a decoder puts in the place of bytes that are not UTF-8.
_REPLACEMENT = "\ufffd"
_SPLIT_ROWS = "rows with columns"
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def typed_name(column: str) -> str:
    """Name of a contract column's typed twin while both stand side by side."""
    return f"_typed_{column}"


def with_typed_columns(contract: CompiledContract, raw: DataFrame) -> DataFrame:
    """Add the typed twin of each contract column, null where the text does not parse."""
    typed = {typed_name(f.name): coerce(_text(f), f.dtype) for f in contract.fields}
    return raw.withColumns(typed)


def looked_at_in(contract: CompiledContract) -> dict[str, Column]:
    """Counts of the rows in which the checks had something to look at."""
    counted = {_SPLIT_ROWS: F.when(F.col("_malformed").isNull(), 1)}
    for field in contract.fields:
        counted[_texts(field)] = _text(field)
        counted[_values(field)] = _value(field)
    return counted


def raw_checks(contract: CompiledContract, partitions: Sequence[str]) -> list[RowCheck]:
    """All checks of single rows, in the order of the report; uniqueness is not among them.

    Args:
        contract: what the rows are held to.
        partitions: keys of the partitions that the rows are in.
    """
    checks = [_malformed(), _not_utf8(contract)]
    if contract.strict:
        checks.append(_no_extra_columns())
    for field in contract.fields:
        checks += _column_checks(field)
    if contract.partition_column:
        checks.append(_outside_partition(contract, contract.partition_column, partitions))
    return checks


def _text(field: ContractColumn) -> Column:
    return F.col(f"`{field.name}`")


def _value(field: ContractColumn) -> Column:
    return F.col(f"`{typed_name(field.name)}`")


def _texts(field: ContractColumn) -> str:
    return f"texts of {field.name}"


def _values(field: ContractColumn) -> str:
    return f"values of {field.name}"


def _malformed() -> RowCheck:
    line = F.col("_malformed")
    return RowCheck(None, "malformed_row", line.isNotNull(), ROWS, line)


def _not_utf8(contract: CompiledContract) -> RowCheck:
    texts = [F.col("_malformed"), F.col("_extra"), *(_text(f) for f in contract.fields)]
    broken = F.concat_ws("", *texts).contains(_REPLACEMENT)
    first = F.coalesce(*(F.when(text.contains(_REPLACEMENT), text) for text in texts))
    return RowCheck(None, "not_utf8", broken, ROWS, first)


def _no_extra_columns() -> RowCheck:
    extra = F.col("_extra")
    return RowCheck(None, "column_in_schema", extra.isNotNull(), ROWS, extra)


def _column_checks(field: ContractColumn) -> list[RowCheck]:
    name, text, value = field.name, _text(field), _value(field)
    checks = []
    if not isinstance(field.dtype, T.StringType):
        unread = text.isNotNull() & value.isNull()
        dtype = f"dtype({field.dtype.simpleString()})"
        checks.append(RowCheck(name, dtype, unread, _texts(field), text))
    if field.finite and can_be_infinite(field.dtype):
        checks.append(RowCheck(name, "finite", not_finite(value), _values(field), text))
    if not field.nullable:
        absent = text.isNull() & F.col("_malformed").isNull()
        checks.append(RowCheck(name, "not_nullable", absent, _SPLIT_ROWS, text))
    for check in field.checks:
        failed = check.fails(value)
        checks.append(RowCheck(name, check.name, failed, _values(field), text, check.warns))
    return checks


def _outside_partition(
    contract: CompiledContract, column: str, partitions: Sequence[str]
) -> RowCheck:
    """A moment must lie within the window of its partition, and a day touch it."""
    field = next(field for field in contract.fields if field.name == column)
    calendar, of_days = contract.calendar, isinstance(field.dtype, T.DateType)
    bounds = _days if of_days else _microseconds
    value = F.unix_date(_value(field)) if of_days else F.unix_micros(_value(field))
    known = {key: bounds(calendar, key) for key in partitions if calendar.is_key(key)}
    # A key that is none of the calendar leaves nothing to compare with: then no row is inside.
    inside = F.lit(False)
    if known:
        cells = [F.lit(each) for key, pair in known.items() for each in (key, *pair)]
        pairs = [F.array(*cells[at + 1 : at + 3]) for at in range(0, len(cells), 3)]
        entries = [each for pair in zip(cells[::3], pairs, strict=True) for each in pair]
        window = F.try_element_at(F.create_map(*entries), F.col("partition"))
        inside = F.coalesce((value >= window[0]) & (value < window[1]), F.lit(False))
    outside = value.isNotNull() & ~inside
    return RowCheck(column, "outside_partition", outside, _values(field), _text(field))


def _microseconds(calendar: Calendar, partition: str) -> tuple[int, int]:
    window = calendar.window(partition)
    return (window.begin - _EPOCH) // _MICROSECOND, (window.end - _EPOCH) // _MICROSECOND


def _days(calendar: Calendar, partition: str) -> tuple[int, int]:
    """The days since 1970, on the clock of the zone, that a partition touches; the end excluded."""
    zone = zone_of(calendar.timezone)
    window = calendar.window(partition)
    first, last = window.begin.astimezone(zone), (window.end - _MICROSECOND).astimezone(zone)
    return (first.date() - _EPOCH.date()).days, (last.date() - _EPOCH.date()).days + 1
