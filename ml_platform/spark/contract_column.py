"""One column of a contract, read out of a pandera schema."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pandera.api.checks import Check
from pyspark.sql import types as T

from ml_platform.core.errors import ContractError
from ml_platform.spark.contract_arrow import ArrowCondition, arrow_condition
from ml_platform.spark.contract_checks import (
    Condition,
    applies_to,
    arguments_of,
    check_name,
    condition_of,
)
from ml_platform.spark.contract_coercion import can_coerce


@dataclass(frozen=True)
class CompiledCheck:
    """A built-in check.

    Attributes:
        name: with its arguments, as pandera prints it.
        fails: when a value fails it, in Spark.
        fails_in_arrow: the same in Arrow; None where only Spark can tell.
        warns: a failure is reported and the row kept.
    """

    name: str
    fails: Condition
    fails_in_arrow: ArrowCondition | None
    warns: bool


@dataclass(frozen=True)
class ContractColumn:
    """What a contract says about one column.

    Attributes:
        name: as landed (the field's alias, if it has one).
        dtype: Spark type.
        nullable: nulls are allowed; also so for an ``Optional`` column, which may not land at all.
        required: the column must land.
        finite: infinities and NaN are refused, ``Field(metadata={"finite": False})`` allows them.
        checks: compiled built-in checks.
        uncompiled: checks left to pandera.
    """

    name: str
    dtype: T.DataType
    nullable: bool
    required: bool
    finite: bool
    checks: tuple[CompiledCheck, ...]
    uncompiled: tuple[Check, ...]


def read_column(contract: str, name: str, field: Any, dtype: T.DataType | None) -> ContractColumn:
    """Read one column of the pandera schema.

    Args:
        contract: name of the contract, for messages.
        name: name of the column.
        field: pandera's column schema.
        dtype: the type that ``Config.dtype`` gives to every column, if any.

    Raises:
        ContractError: the column is declared in a way that landed text cannot be held to.
    """
    where = f"contract {contract}, column {name}"
    dtype = dtype or _declared_type(where, field)
    if not can_coerce(dtype):
        raise ContractError(f"{where}: landed text cannot be read as {dtype.simpleString()}")
    for check in field.checks:
        if not applies_to(check, dtype):
            kind = dtype.simpleString()
            raise ContractError(f"{where}: {check_name(check)} does not apply to type {kind}")
    compiled = [_compiled(check, dtype) for check in field.checks]
    return ContractColumn(
        name=name,
        dtype=dtype,
        nullable=field.nullable or not field.required,
        required=field.required,
        finite=(field.metadata or {}).get("finite", True),
        checks=tuple(check for check in compiled if check is not None),
        uncompiled=tuple(
            check for check, found in zip(field.checks, compiled, strict=True) if found is None
        ),
    )


def _compiled(check: Check, dtype: T.DataType) -> CompiledCheck | None:
    fails, arguments = condition_of(check), arguments_of(check)
    if fails is None or arguments is None:
        return None
    in_arrow = arrow_condition(str(check.name), arguments, dtype)
    return CompiledCheck(check_name(check), fails, in_arrow, check.raise_warning)


def _declared_type(where: str, field: Any) -> T.DataType:
    if field.regex:
        raise ContractError(f"{where}: name each column, a pattern of names cannot be landed")
    if field.dtype is None:
        raise ContractError(f"{where}: give it a Spark type, such as T.StringType")
    declared: T.DataType = field.dtype.type
    return declared
