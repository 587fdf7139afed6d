"""Checks that cannot be compiled, judged by pandera's own ``validate``, one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandera.pyspark as pa
from pandera.api.checks import Check
from pandera.errors import SchemaError
from pyspark.sql import DataFrame
from pyspark.sql import types as T

from ml_platform.core.errors import ContractError
from ml_platform.spark.contract_checks import check_name
from ml_platform.spark.contract_report import CheckVerdict


@dataclass(frozen=True)
class UncompiledCheck:
    """A check left to pandera: of one column, or of the whole table (column None)."""

    column: str | None
    dtype: T.DataType | None
    check: Check

    @property
    def name(self) -> str:
        """As reports show it."""
        return check_name(self.check)


def judge(checks: Sequence[UncompiledCheck], frame: DataFrame, rows: int) -> list[CheckVerdict]:
    """Let pandera judge each check on a typed frame; every check costs its own Spark jobs.

    Args:
        checks: those that could not be compiled.
        frame: typed contract columns.
        rows: rows of the frame.

    Raises:
        ContractError: the check itself fails to run.
    """
    return [_verdict(check, frame, rows) for check in checks]


def _verdict(check: UncompiledCheck, frame: DataFrame, rows: int) -> CheckVerdict:
    failed = bool(_errors(check, frame))
    # pandera says yes or no for the whole table and names no rows.
    return CheckVerdict(check.column, check.name, rows if failed else 0, rows, not failed, False)


def _errors(check: UncompiledCheck, frame: DataFrame) -> dict[str, Any]:
    try:
        judged: Any = _schema(check).validate(frame)
    except (TypeError, SchemaError) as error:
        raise _could_not_run(check, error) from error
    errors: dict[str, Any] = judged.pandera.errors
    for kinds in errors.values():
        # pandera would count a check that broke off as one that was failed.
        if "CHECK_ERROR" in kinds:
            raise _could_not_run(check, kinds["CHECK_ERROR"][0]["error"])
    return errors


def _could_not_run(check: UncompiledCheck, why: object) -> ContractError:
    where = f"column {check.column}" if check.column else "the table"
    return ContractError(f"check {check.name} of {where} could not run: {why}")


def _schema(check: UncompiledCheck) -> Any:
    if check.column is None:
        return pa.DataFrameSchema({}, checks=[check.check])
    dtype: Any = check.dtype
    column = pa.Column(dtype, checks=[check.check], nullable=True)
    return pa.DataFrameSchema({check.column: column})
