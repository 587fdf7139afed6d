"""A compiled contract applied to a typed frame: pandera's verdicts, in one or two jobs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
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
    fails_count,
    report_of,
)

if TYPE_CHECKING:
    from ml_platform.spark.contract import CompiledContract

UNIQUE = "unique"
NOT_NULLABLE = "not_nullable"
_COUNT = "count of "
# So many 8-byte hashes (32 MB) are sorted on the driver several times faster than shuffled.
ROWS_TO_SORT_HERE = 4_000_000


def judge_typed(contract: CompiledContract, typed: DataFrame) -> ContractReport:
    """Judge a typed frame; see ``CompiledContract.verdicts``."""
    _require_types(contract, typed)
    checks = _row_checks(contract)
    counted = _counted(contract, typed, checks)
    found = {i: counted[fails_count(i)] for i, check in enumerate(checks) if not check.warns}
    failing = [checks[i].fails for i, failures in found.items() if failures]
    counted[BAD_ROWS] = _bad_rows(typed, failing) if len(failing) > 1 else sum(found.values())
    if contract.unique:
        checks.append(_unique_check(contract))
        name = fails_count(len(checks) - 1)
        suspected = _suspected_duplicates(contract, typed, counted[ROWS])
        counted |= _duplicates(contract, typed, any_of(failing), name) if suspected else {name: 0}
    return report_of(checks, counted, judge(contract.uncompiled, typed, counted[ROWS]))


def _counted(
    contract: CompiledContract, typed: DataFrame, checks: Sequence[RowCheck]
) -> dict[str, int]:
    """Rows, values per column and failures per check, in one pass; nulls are rows less values."""
    values = [F.count(F.col(_quoted(f.name))).alias(_count(f)) for f in contract.fields]
    nulls = {i: c for i, c in enumerate(checks) if c.check == NOT_NULLABLE}
    # Says the same as count_if, in code that Java runs faster.
    failures = [
        F.count(F.when(check.fails, F.lit(1))).alias(fails_count(i))
        for i, check in enumerate(checks)
        if i not in nulls
    ]
    totals = typed.agg(F.count(F.lit(1)).alias(ROWS), *values, *failures)
    counted: dict[str, int] = totals.collect()[0].asDict()
    missing = {i: counted[ROWS] - counted[f"{_COUNT}{check.column}"] for i, check in nulls.items()}
    return counted | {fails_count(i): rows for i, rows in missing.items()}


def _bad_rows(typed: DataFrame, failing: Sequence[Column]) -> int:
    """Rows that fail any of the checks that some row fails; reads the columns of those alone.

    One condition over all checks would cost every row of the first pass more than this does.
    """
    return int(typed.agg(F.count_if(any_of(failing))).collect()[0][0])


def any_of(conditions: Sequence[Column]) -> Column:
    """True where any of the conditions is; null or false where none is."""
    return reduce(lambda a, b: a | b, conditions, F.lit(False))


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
    return f"{_COUNT}{field.name}"


def _row_checks(contract: CompiledContract) -> list[RowCheck]:
    checks = []
    for field in contract.fields:
        value = F.col(_quoted(field.name))
        text = value.cast("string")
        if not field.nullable:
            checks.append(RowCheck(field.name, NOT_NULLABLE, value.isNull(), ROWS, text))
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
    key = [F.col(_quoted(c)) for c in contract.unique]
    # Rows that are good otherwise come first, as they do where rows are quarantined.
    position = F.row_number().over(Window.partitionBy(*key).orderBy(bad)) > 1
    judged = typed.select(bad.alias("bad"), position.alias("repeated"))
    either = F.count_if(F.col("bad") | F.col("repeated")).alias(BAD_ROWS)
    exact = judged.agg(F.count_if("repeated").alias(name), either)
    return dict(exact.collect()[0].asDict())


def _suspected_duplicates(contract: CompiledContract, typed: DataFrame, rows: int) -> bool:
    # Equal keys have equal hashes, so that "none" is exact.
    hashed = typed.select(F.xxhash64(*(F.col(_quoted(c)) for c in contract.unique)).alias("key"))
    if rows <= ROWS_TO_SORT_HERE:
        return len(np.unique(hashed.toArrow()["key"].to_numpy())) < rows
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
