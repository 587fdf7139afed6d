"""A compiled contract applied to the files of a typed table: pandera's verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING

import numpy as np
from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

from ml_platform.core.errors import ContractError
from ml_platform.core.names import PARTITION
from ml_platform.spark.contract_fallback import judge
from ml_platform.spark.contract_files import TypedFiles
from ml_platform.spark.contract_keys import repeats
from ml_platform.spark.contract_report import (
    BAD_ROWS,
    ROWS,
    UNIQUE,
    ContractReport,
    fails_count,
    report_of,
)
from ml_platform.spark.contract_tally import Tally
from ml_platform.spark.contract_typed_checks import (
    TypedCheck,
    for_arrow,
    typed_checks,
    values_count,
)
from ml_platform.spark.expressions import any_of

if TYPE_CHECKING:
    from ml_platform.spark.contract import CompiledContract

# So many 8-byte hashes (32 MB) are sorted on the driver several times faster than shuffled.
ROWS_TO_SORT_HERE = 4_000_000


def judge_files(
    contract: CompiledContract, spark: SparkSession, paths: Sequence[str]
) -> ContractReport:
    """Judge the files of a table; see ``CompiledContract.verdicts``."""
    if not paths:
        raise ContractError(f"contract {contract.name}: there are no files to judge")
    files = TypedFiles(spark, contract.name, contract.fields, tuple(paths))
    files.check_types()
    checks = typed_checks(contract)
    hashed = bool(contract.unique) and files.rows <= ROWS_TO_SORT_HERE
    tally = files.tally(for_arrow(contract, with_key=hashed))
    counted = _counted(contract, tally)
    for_spark = tally.unsettled | {i for i, check in enumerate(checks) if check.is_for_spark}
    if for_spark:
        counted |= _counted_by_spark(files.frame, checks, counted, for_spark)
    if contract.unique:
        keys = tally.keys if hashed else None
        counted |= _repeated_keys(contract, files, checks, counted, keys)
        checks.append(TypedCheck(None, UNIQUE, ROWS))
    if not contract.uncompiled:
        return report_of(checks, counted)
    judged = judge(contract.uncompiled, files.frame.drop(PARTITION), files.rows)
    return report_of(checks, counted, judged)


def _counted(contract: CompiledContract, tally: Tally) -> dict[str, int]:
    """What the tasks have counted, by the names that a report knows it by."""
    columns = for_arrow(contract, with_key=False).columns
    return {
        ROWS: tally.rows,
        BAD_ROWS: tally.bad_rows,
        **{values_count(c.name): int(n) for c, n in zip(columns, tally.values, strict=True)},
        **{fails_count(i): int(n) for i, n in enumerate(tally.failures)},
    }


def _counted_by_spark(
    frame: DataFrame, checks: Sequence[TypedCheck], counted: Mapping[str, int], which: Set[int]
) -> dict[str, int]:
    """Failures of the checks that Arrow left, and with them the exact number of bad rows.

    Reads their columns, and those of the other checks that some row fails.
    """
    failing = [c for i, c in enumerate(checks) if i in which or counted[fails_count(i)]]
    failures = [F.count_if(checks[i].fails()).alias(fails_count(i)) for i in sorted(which)]
    bad_rows = F.count_if(_bad(failing)).alias(BAD_ROWS)
    return dict(frame.agg(bad_rows, *failures).collect()[0].asDict())


def _bad(checks: Sequence[TypedCheck]) -> Column:
    """True where a row fails any of the checks that refuse rows."""
    return any_of([check.fails() for check in checks if not check.warns])


def _repeated_keys(
    contract: CompiledContract,
    files: TypedFiles,
    checks: Sequence[TypedCheck],
    counted: Mapping[str, int],
    hashes: np.ndarray | None,
) -> dict[str, int]:
    """Rows whose key occurred before, counted only if hashes of keys repeat."""
    name = fails_count(len(checks))
    if not (_hashes_repeat(contract, files.frame) if hashes is None else repeats(hashes)):
        return {name: 0}
    bad = _bad([check for i, check in enumerate(checks) if counted[fails_count(i)]])
    return _duplicates(contract, files.frame, bad, name)


def _duplicates(
    contract: CompiledContract, frame: DataFrame, bad: Column, name: str
) -> dict[str, int]:
    """Rows whose key occurred before, and with them the exact number of bad rows."""
    # Rows that are good otherwise come first, as they do where rows are quarantined.
    position = F.row_number().over(Window.partitionBy(*_key(contract)).orderBy(bad)) > 1
    judged = frame.select(bad.alias("bad"), position.alias("repeated"))
    either = F.count_if(F.col("bad") | F.col("repeated")).alias(BAD_ROWS)
    exact = judged.agg(F.count_if("repeated").alias(name), either)
    return dict(exact.collect()[0].asDict())


def _hashes_repeat(contract: CompiledContract, frame: DataFrame) -> bool:
    """Whether keys seem to occur twice, where there are too many hashes for the driver."""
    groups = frame.groupBy(F.xxhash64(*_key(contract))).agg(F.count(F.lit(1)).alias("rows"))
    return bool(groups.agg(F.max("rows") > 1).collect()[0][0])


def _key(contract: CompiledContract) -> list[Column]:
    return [F.col(f"`{name}`") for name in (PARTITION, *contract.unique)]
