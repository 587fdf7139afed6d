"""A compiled contract applied to a typed frame: pandera's verdicts, in one or two jobs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from ml_platform.core.errors import ContractError
from ml_platform.spark.contract_column import ContractColumn
from ml_platform.spark.contract_fallback import judge
from ml_platform.spark.contract_report import (
    BAD_ROWS,
    ROWS,
    ContractReport,
    RowCheck,
    counts,
    fails_count,
    report_of,
)

if TYPE_CHECKING:
    from ml_platform.spark.contract import CompiledContract

UNIQUE = "unique"


def judge_typed(contract: CompiledContract, typed: DataFrame) -> ContractReport:
    """Judge a typed frame; see ``CompiledContract.verdicts``."""
    _require_types(contract, typed)
    checks = _row_checks(contract)
    bad = any_of([check.fails for check in checks if not check.warns])
    looked_at = {_count(field): F.col(_quoted(field.name)) for field in contract.fields}
    totals = typed.agg(*counts([check.fails for check in checks], looked_at, bad))
    counted = totals.collect()[0].asDict()
    if contract.unique:
        checks.append(_unique_check(contract))
        counted |= _duplicates(contract, typed, bad, fails_count(len(checks) - 1))
    return report_of(checks, counted, judge(contract.uncompiled, typed, counted[ROWS]))


def any_of(conditions: Sequence[Column]) -> Column:
    """True where any of the conditions is; null counts as false."""
    known = [F.coalesce(condition, F.lit(False)) for condition in conditions]
    return reduce(lambda a, b: a | b, known, F.lit(False))


def key_text(contract: CompiledContract, prefix: str = "") -> Column:
    """The key's values as one text, for people to read."""
    parts = [
        F.coalesce(F.col(_quoted(prefix + c)).cast("string"), F.lit("null"))
        for c in contract.unique
    ]
    return F.concat_ws(", ", *parts)


def _quoted(name: str) -> str:
    return f"`{name}`"


def _count(field: ContractColumn) -> str:
    return f"count of {field.name}"


def _row_checks(contract: CompiledContract) -> list[RowCheck]:
    checks = []
    for field in contract.fields:
        value = F.col(_quoted(field.name))
        text = value.cast("string")
        if not field.nullable:
            checks.append(RowCheck(field.name, "not_nullable", value.isNull(), ROWS, text))
        checks += [
            RowCheck(field.name, c.name, c.fails(value), _count(field), text, c.warns)
            for c in field.checks
        ]
    return checks


def _unique_check(contract: CompiledContract) -> RowCheck:
    return RowCheck(None, UNIQUE, F.lit(False), ROWS, key_text(contract))


def _duplicates(
    contract: CompiledContract, typed: DataFrame, bad: Column, name: str
) -> dict[str, int]:
    """Rows whose key occurred before, and with them the exact number of bad rows."""
    if not _suspected_duplicates(contract, typed):
        return {name: 0}
    key = [F.col(_quoted(c)) for c in contract.unique]
    # Rows that are good otherwise come first, as they do where rows are quarantined.
    position = F.row_number().over(Window.partitionBy(*key).orderBy(bad)) > 1
    judged = typed.select(bad.alias("bad"), position.alias("repeated"))
    either = F.count_if(F.col("bad") | F.col("repeated")).alias(BAD_ROWS)
    exact = judged.agg(F.count_if("repeated").alias(name), either)
    return dict(exact.collect()[0].asDict())


def _suspected_duplicates(contract: CompiledContract, typed: DataFrame) -> bool:
    # Grouping one long is several times cheaper than grouping the key's own columns. Equal keys
    # have equal hashes, so that "none" is exact.
    hashed = typed.select(F.xxhash64(*(F.col(_quoted(c)) for c in contract.unique)).alias("key"))
    groups = hashed.groupBy("key").agg(F.count(F.lit(1)).alias("rows"))
    return bool(groups.agg(F.max("rows") > 1).collect()[0][0])


def _require_types(contract: CompiledContract, typed: DataFrame) -> None:
    landed = {field.name: field.dataType for field in typed.schema.fields}
    for field in contract.fields:
        if field.name not in landed:
            raise ContractError(f"contract {contract.name}: the table has no column {field.name}")
        if landed[field.name] != field.dtype:
            raise ContractError(
                f"contract {contract.name}: column {field.name} is "
                f"{landed[field.name].simpleString()}, expected {field.dtype.simpleString()}"
            )
