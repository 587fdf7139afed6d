"""The checks of a typed table: what its report lists, and what Arrow is asked to find out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

from ml_platform.spark.contract_column import CompiledCheck, ContractColumn
from ml_platform.spark.contract_report import ROWS
from ml_platform.spark.contract_tally import ColumnChecks, TableChecks, ValueCheck

if TYPE_CHECKING:
    from ml_platform.spark.contract import CompiledContract

NOT_NULLABLE = "not_nullable"


@dataclass(frozen=True)
class TypedCheck:
    """A check of the rows of a typed table.

    Attributes:
        column: the column it looks at; None for the key.
        check: the name shown to people.
        looked_at: name of the count that says in how many rows there was something to judge.
        compiled: the check of values; None where nulls or repeated keys are what fails.
    """

    column: str | None
    check: str
    looked_at: str
    compiled: CompiledCheck | None = None

    @property
    def warns(self) -> bool:
        """A failure is reported and the row kept."""
        return self.compiled is not None and self.compiled.warns

    @property
    def is_for_spark(self) -> bool:
        """Whether Arrow cannot judge it on any values."""
        return self.compiled is not None and self.compiled.fails_in_arrow is None

    def fails(self) -> Column:
        """Spark's condition under which a row fails a check of one column."""
        value = F.col(f"`{self.column}`")
        return self.compiled.fails(value) if self.compiled else value.isNull()


def typed_checks(contract: CompiledContract) -> list[TypedCheck]:
    """All checks of single rows, in the order of the report; uniqueness is not among them."""
    return [check for field in contract.fields for check in _of_column(field)]


def values_count(column: str) -> str:
    """Name of the count of a column's values that are not null."""
    return f"values of {column}"


def for_arrow(contract: CompiledContract, with_key: bool) -> TableChecks:
    """The same checks as a task in Arrow takes them, with their places in the report.

    Args:
        contract: the contract.
        with_key: hash the key as well.
    """
    columns, place = [], 0
    for field in contract.fields:
        checks = _of_column(field)
        if checks:
            columns.append(_column_for_arrow(field, checks, place))
        place += len(checks)
    return TableChecks(tuple(columns), place, contract.unique if with_key else ())


def _of_column(field: ContractColumn) -> list[TypedCheck]:
    looked_at = values_count(field.name)
    checks = [TypedCheck(field.name, check.name, looked_at, check) for check in field.checks]
    if field.nullable:
        return checks
    return [TypedCheck(field.name, NOT_NULLABLE, ROWS), *checks]


def _column_for_arrow(field: ContractColumn, checks: list[TypedCheck], place: int) -> ColumnChecks:
    of_values = tuple(
        ValueCheck(i, check.compiled.fails_in_arrow, not check.warns)
        for i, check in enumerate(checks, place)
        if check.compiled is not None and check.compiled.fails_in_arrow is not None
    )
    return ColumnChecks(
        name=field.name,
        is_text=isinstance(field.dtype, T.StringType | T.BinaryType),
        not_null=None if field.nullable else place,
        checks=of_values,
    )
