"""A pandera.pyspark contract compiled into one Spark pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

from ml_platform.core.declaration.column_names import contract_column_mistakes
from ml_platform.core.errors import ContractError
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.spark.contract_column import ContractColumn, read_column
from ml_platform.spark.contract_fallback import UncompiledCheck
from ml_platform.spark.contract_report import CheckVerdict, ContractReport
from ml_platform.spark.contract_split import ContractSplit, split_raw
from ml_platform.spark.contract_verdicts import judge_files

__all__ = [
    "CheckVerdict",
    "CompiledContract",
    "ContractReport",
    "ContractSplit",
    "compile_contract",
]

DAYS = Calendar("day", date(1970, 1, 1))
"""Days in UTC: what partitions are unless told."""


@dataclass(frozen=True)
class CompiledContract:
    """A contract, ready to be applied to tables.

    Attributes:
        name: of the contract.
        fields: what it says about each column, in order.
        unique: columns which together are unique within a partition; empty if none are.
        strict: columns that the contract does not name are refused.
        partition_column: date or timestamp column that must lie in the row's partition, or None.
        calendar: how the table is cut in time.
        uncompiled: checks that pandera itself must judge.
    """

    name: str
    fields: tuple[ContractColumn, ...]
    unique: tuple[str, ...]
    strict: bool
    partition_column: str | None
    calendar: Calendar
    uncompiled: tuple[UncompiledCheck, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the contract's columns, in order."""
        return tuple(field.name for field in self.fields)

    @property
    def optional(self) -> tuple[str, ...]:
        """Columns that need not land (declared ``Optional``); they are null then."""
        return tuple(field.name for field in self.fields if not field.required)

    @property
    def spark_schema(self) -> T.StructType:
        """Typed schema of a validated table's contract columns."""
        return T.StructType([T.StructField(f.name, f.dtype, True) for f in self.fields])

    @property
    def not_compiled(self) -> tuple[str, ...]:
        """Names of the checks that could not be compiled and are left to pandera."""
        return tuple(check.name for check in self.uncompiled)

    def split(self, raw: DataFrame, partitions: Sequence[str] | None = None) -> ContractSplit:
        """Separate a raw table's rows into validated and quarantined ones; lazy.

        Args:
            raw: contract columns as text, with the provenance columns of ``<table>/raw``.
            partitions: those of its rows; they are looked up, by a job, unless given.

        Raises:
            ContractError: the frame lacks one of these columns.
        """
        return split_raw(self, raw, partitions)

    def verdicts(self, spark: SparkSession, files: Sequence[str]) -> ContractReport:
        """Judge a table that is typed already: what pandera's ``validate`` says, in one pass.

        Spark's tasks read the table's own Parquet files with Arrow. A second pass, Spark's own,
        is made for what Arrow cannot judge as Spark would (few regular expressions, decimals,
        values of another type than their column), and another to count the rows of keys that seem
        to occur twice. Checks that are not compiled cost pandera's jobs.

        Args:
            spark: classic or over Spark Connect.
            files: absolute paths of the table's Parquet files, where the workers find them too.
                The key is unique within a partition, which a folder ``partition=<value>`` names.

        Raises:
            ContractError: there are no files, or a column is absent from all of them, or has
                another type than the contract says.
        """
        return judge_files(self, spark, files)


def compile_contract(model: type[Any], calendar: Calendar = DAYS) -> CompiledContract:
    """Compile a pandera model; needs no Spark session.

    Beyond pandera, ``Config.metadata = {"partition_column": "flight_date"}`` names the date or
    timestamp column that must lie within the row's partition.

    Args:
        model: the contract, a ``pandera.pyspark.DataFrameModel``.
        calendar: how the table is cut in time.

    Raises:
        ContractError: the model asks for what landed text cannot be held to.
    """
    schema: Any = model.to_schema()
    name = str(schema.name)
    dtype = schema.dtype.type if schema.dtype else None
    if mistakes := list(contract_column_mistakes(schema.columns)):
        raise ContractError(f"contract {name}: {'; '.join(mistakes)}")
    fields = tuple(read_column(name, c, field, dtype) for c, field in schema.columns.items())
    if not fields:
        raise ContractError(f"contract {name} names no columns")
    contract = CompiledContract(
        name=name,
        fields=fields,
        unique=_names(schema.unique),
        strict=schema.strict is True,
        partition_column=_metadata(model).get("partition_column"),
        calendar=calendar,
        uncompiled=_uncompiled(fields, schema),
    )
    _check_names(contract)
    return contract


def _metadata(model: type[Any]) -> dict[str, Any]:
    # pandera does not hand Config.metadata on to the schema.
    return getattr(model.__config__, "metadata", None) or {}


def _names(unique: str | list[str] | None) -> tuple[str, ...]:
    return (unique,) if isinstance(unique, str) else tuple(unique or ())


def _uncompiled(fields: tuple[ContractColumn, ...], schema: Any) -> tuple[UncompiledCheck, ...]:
    of_columns = [UncompiledCheck(f.name, f.dtype, c) for f in fields for c in f.uncompiled]
    return (*of_columns, *(UncompiledCheck(None, None, check) for check in schema.checks))


def _check_names(contract: CompiledContract) -> None:
    """Refuse a key or a partition column that the contract does not have."""
    for column in contract.unique:
        _must_know(contract, column, "Config.unique")
    if contract.partition_column is None:
        return
    _must_know(contract, contract.partition_column, "partition_column in Config.metadata")
    dtype = contract.spark_schema[contract.partition_column].dataType
    fitting = (
        (T.TimestampType,) if contract.calendar.every == "hour" else (T.DateType, T.TimestampType)
    )
    if not isinstance(dtype, fitting):
        raise ContractError(
            f"contract {contract.name}: partition_column {contract.partition_column} is "
            f"{dtype.simpleString()}; expected {' or '.join(t.typeName() for t in fitting)} for "
            f"partitions every {contract.calendar.every}"
        )


def _must_know(contract: CompiledContract, column: str, where: str) -> None:
    if column in contract.columns:
        return
    close = get_close_matches(column, contract.columns, n=1)
    hint = f"did you mean {close[0]}?" if close else f"it has {', '.join(contract.columns)}"
    raise ContractError(f"contract {contract.name}: {where} names {column}; {hint}")
