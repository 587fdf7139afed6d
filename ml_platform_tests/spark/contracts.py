"""Contracts that several tests hold tables to, and how tables become files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandera.pyspark as pa
from pyspark.sql import functions as F
from pyspark.sql import types as T

from ml_platform.spark.contract import ContractReport


class Trips(pa.DataFrameModel):
    """A small contract with something of everything."""

    day: T.DateType = pa.Field()
    code: T.StringType = pa.Field(str_matches="[A-Z]{2}$")
    seats: T.IntegerType = pa.Field(nullable=True, in_range=(1, 500))
    price: T.DoubleType = pa.Field(nullable=True)

    class Config:
        """The key and the partition."""

        unique: list[str] = ["day", "code"]  # noqa: RUF012
        metadata: dict[str, str] = {"partition_column": "day"}  # noqa: RUF012


class OwnChecks(pa.DataFrameModel):
    """Checks that only pandera can run."""

    n: T.IntegerType = pa.Field(ge=0, unique_values_eq=[1, 2])

    @pa.check("n", name="sums to three")
    def _sums_to_three(cls, frame: Any) -> bool:
        total: int = frame.agg(F.sum("n")).collect()[0][0]
        return total == 3

    @pa.dataframe_check
    def _has_few_rows(cls, frame: Any) -> bool:
        few: bool = frame.count() < 3
        return few


def failed(report: ContractReport) -> dict[tuple[str | None, str], int]:
    """Failures per check that did not pass."""
    return {(v.column, v.check): v.failures for v in report.verdicts if not v.passed}


def files_of(frame: Any, folder: Path) -> list[str]:
    """Write a typed frame, and name its files."""
    frame.write.mode("overwrite").parquet(str(folder))
    return sorted(map(str, folder.rglob("*.parquet")))
