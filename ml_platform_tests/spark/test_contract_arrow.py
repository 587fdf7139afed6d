"""Arrow's conditions say of every edge value what Spark's conditions say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandera.pyspark as pa
import pyarrow.parquet as pq
import pytest
from pyspark.sql import functions as F
from pyspark.sql import types as T

from ml_platform.spark.contract import CompiledContract, compile_contract
from ml_platform.spark.contract_column import CompiledCheck
from ml_platform_tests.spark.contracts import files_of
from ml_platform_tests.spark.edge_values import JUDGED, LEFT, LINES, Checks


def contract_of(dtype: T.DataType, checks: Checks) -> CompiledContract:
    """One nullable column per check, all of the same type and with the same values."""
    fields = {f"c{i}": pa.Field(nullable=True, **check) for i, check in enumerate(checks)}
    annotations = dict.fromkeys(fields, dtype)
    return compile_contract(
        type("Edges", (pa.DataFrameModel,), {**fields, "__annotations__": annotations})
    )


def written(
    spark: Any, folder: Path, contract: CompiledContract, values: list[Any]
) -> tuple[Any, list[str]]:
    """The values and a null in every column, as a frame and as files."""
    rows = [[value] * len(contract.fields) for value in [*values, None]]
    files = files_of(spark.createDataFrame(rows, contract.spark_schema).coalesce(1), folder / "t")
    return spark.read.parquet(*files), files


def assert_counted_as_by_spark(
    spark: Any, folder: Path, contract: CompiledContract, values: list[Any]
) -> None:
    """The verdicts on these values are Spark's own counts."""
    frame, files = written(spark, folder, contract, values)
    counts = [F.count_if(f.checks[0].fails(F.col(f.name))).alias(f.name) for f in contract.fields]
    report = contract.verdicts(spark, files)
    assert {v.column: v.failures for v in report.verdicts} == frame.agg(*counts).first().asDict()
    assert {v.evaluated for v in report.verdicts} == {len(values)}


def in_arrow(check: CompiledCheck, column: Any) -> list[bool | None]:
    """What Arrow says of every value, null passing."""
    assert check.fails_in_arrow is not None, check.name
    found = check.fails_in_arrow(column.drop_null())
    assert found is not None, check.name
    present = np.zeros(len(column), dtype=bool)
    present[column.is_valid().to_numpy(zero_copy_only=False)] = found
    return list(map(bool, present))


@pytest.mark.parametrize("kind", JUDGED)
def test_arrow_and_spark_agree_on_every_edge_value(spark: Any, tmp_path: Path, kind: str) -> None:
    dtype, values, checks = JUDGED[kind]
    contract = contract_of(dtype, checks)
    frame, files = written(spark, tmp_path, contract, values)
    flags = [F.coalesce(f.checks[0].fails(F.col(f.name)), F.lit(False)) for f in contract.fields]
    spark_says = list(zip(*frame.select(*flags).collect(), strict=True))
    table = pq.read_table(files[0])
    for field, expected in zip(contract.fields, spark_says, strict=True):
        check = field.checks[0]
        assert in_arrow(check, table[field.name].combine_chunks()) == list(expected), check.name


@pytest.mark.parametrize("kind", LEFT)
def test_what_arrow_cannot_judge_is_left_to_spark(spark: Any, tmp_path: Path, kind: str) -> None:
    dtype, values, checks = LEFT[kind]
    contract = contract_of(dtype, checks)
    assert all(field.checks[0].fails_in_arrow is None for field in contract.fields)
    assert_counted_as_by_spark(spark, tmp_path, contract, values)


@pytest.mark.parametrize("kind", ["text", "binary", "double"])
def test_the_verdicts_count_what_spark_counts(spark: Any, tmp_path: Path, kind: str) -> None:
    dtype, values, checks = JUDGED[kind]
    assert_counted_as_by_spark(spark, tmp_path, contract_of(dtype, checks), values * 3)


@pytest.mark.parametrize("line", LINES)
def test_where_java_sees_a_line_end_spark_is_asked(spark: Any, tmp_path: Path, line: str) -> None:
    contract = contract_of(T.StringType(), [{"str_contains": p} for p in ("a$", "^a.b", "^.+$")])
    assert_counted_as_by_spark(spark, tmp_path, contract, ["a", line])
