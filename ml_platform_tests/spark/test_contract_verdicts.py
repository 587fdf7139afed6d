"""The verdicts on a typed table are those of pandera itself, whichever engine judges."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pandera.pyspark as pa
import pyarrow as arrow
import pyarrow.parquet as pq
import pytest
from pyspark.sql import types as T

from ml_platform.core.errors import ContractError
from ml_platform.spark import contract_verdicts
from ml_platform.spark.contract import compile_contract
from ml_platform_tests.spark.contracts import OwnChecks, Trips, failed, files_of


def test_checks_that_cannot_be_compiled_are_judged_by_pandera(spark: Any, tmp_path: Path) -> None:
    contract = compile_contract(OwnChecks)
    files = files_of(spark.createDataFrame([(1,), (3,), (3,)], "n int"), tmp_path / "t")
    report = contract.verdicts(spark, files)
    assert report.not_compiled == contract.not_compiled
    assert [v.passed for v in report.verdicts if not v.compiled] == [False] * 3


@pytest.mark.parametrize("error", [TypeError, KeyError])
def test_a_check_that_cannot_run_is_an_error_in_plain_words(
    spark: Any, tmp_path: Path, error: Any
) -> None:
    class Broken(pa.DataFrameModel):
        n: T.IntegerType = pa.Field()

        @pa.check("n", name="breaks")
        def _breaks(cls, frame: Any) -> bool:
            raise error("no such thing")

    files = files_of(spark.createDataFrame([(1,)], "n int"), tmp_path / "t")
    with pytest.raises(ContractError, match=r"check breaks of column n could not run: .*no such"):
        compile_contract(Broken).verdicts(spark, files)


def test_where_panderas_backend_errs_its_documentation_holds(spark: Any, tmp_path: Path) -> None:
    class Documented(pa.DataFrameModel):
        s: T.StringType = pa.Field(str_matches="a|b")
        n: T.IntegerType = pa.Field(isin=[1, None])

    frame = spark.createDataFrame([("xb", 2)], "s string, n int")
    files = files_of(frame, tmp_path / "t")
    assert len(failed(compile_contract(Documented).verdicts(spark, files))) == 2
    assert not Documented.validate(frame).pandera.errors


def test_files_that_do_not_fit_are_refused_in_plain_words(spark: Any, tmp_path: Path) -> None:
    contract = compile_contract(OwnChecks)
    other = files_of(spark.createDataFrame([(1,)], "m int"), tmp_path / "other")
    text = files_of(spark.createDataFrame([("1",)], "n string"), tmp_path / "text")
    unsigned = tmp_path / "unsigned.parquet"
    pq.write_table(arrow.table({"n": arrow.array([1], arrow.uint32())}), unsigned)
    with pytest.raises(ContractError, match="has no column n"):
        contract.verdicts(spark, other)
    with pytest.raises(ContractError, match="column n is string, expected int"):
        contract.verdicts(spark, text)
    with pytest.raises(ContractError, match="column n is uint32, expected int"):
        contract.verdicts(spark, [str(unsigned)])
    with pytest.raises(ContractError, match="no files to judge"):
        contract.verdicts(spark, [])


def test_a_column_is_null_in_the_files_that_are_older_than_it(spark: Any, tmp_path: Path) -> None:
    class Grown(pa.DataFrameModel):
        n: T.IntegerType = pa.Field()
        late: T.StringType = pa.Field(isin=["a"])

    old = files_of(spark.createDataFrame([(1,), (2,)], "n int"), tmp_path / "old")
    new = files_of(spark.createDataFrame([(3, "a")], "n int, late string"), tmp_path / "new")
    report = compile_contract(Grown).verdicts(spark, old + new)
    assert failed(report) == {("late", "not_nullable"): 2}
    assert (report.rows, report.bad_rows) == (3, 2)


def test_a_table_without_rows_passes(spark: Any, tmp_path: Path) -> None:
    contract = compile_contract(Trips)
    files = files_of(spark.createDataFrame([], contract.spark_schema), tmp_path / "t")
    report = contract.verdicts(spark, files)
    assert (report.rows, report.bad_rows, report.passed) == (0, 0, True)


class Mixed(pa.DataFrameModel):
    """Checks for Arrow, for Spark, and one that only warns."""

    word: T.StringType = pa.Field(nullable=True, str_matches="a(?=b)", str_contains="b$")
    small: T.ByteType = pa.Field(ge=0)
    cost: T.DecimalType(10, 2) = pa.Field(gt=1)  # type: ignore[valid-type]
    note: T.StringType = pa.Field(nullable=True, raise_warning=True, str_length={"max_value": 1})


def test_rows_are_bad_once_whichever_engine_finds_what_is_wrong_with_them(
    spark: Any, tmp_path: Path
) -> None:
    contract = compile_contract(Mixed)
    rows = [
        ("ab", 1, 2, "long"),
        ("xx", -1, 0, None),
        (None, -1, 2, "long"),
        ("ab", 1, 1, "a"),
        ("ab\n", 1, 2, "a"),
        ("ab\nc", 1, 2, "a"),
    ]
    typed = spark.createDataFrame(rows, "word string, small int, cost int, note string")
    typed = typed.selectExpr(
        *(f"cast({f.name} as {f.dtype.simpleString()})" for f in contract.fields)
    )
    report = contract.verdicts(spark, files_of(typed, tmp_path / "t"))
    found = {(v.column, v.check): v.failures for v in report.verdicts if v.failures}
    assert found == {
        ("word", "str_matches('a(?=b)')"): 1,
        # Java's "$" is before a last line terminator too.
        ("word", "str_contains('b$')"): 2,
        ("small", "greater_than_or_equal_to(0)"): 2,
        ("cost", "greater_than(1)"): 2,
        ("note", "str_length(None, 1)"): 2,
    }
    assert (report.rows, report.bad_rows) == (6, 4)


@pytest.mark.parametrize("rows_to_sort_here", [0, 4_000_000])
def test_duplicates_are_counted_exactly_wherever_their_hashes_are_compared(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_to_sort_here: int
) -> None:
    monkeypatch.setattr(contract_verdicts, "ROWS_TO_SORT_HERE", rows_to_sort_here)
    contract = compile_contract(Trips)
    rows = [("AA", 1), ("AA", 0), ("BB", 0), ("CC", 1)]
    typed = [(date(2013, 1, 7), code, seats, 1.0) for code, seats in rows]
    frame = spark.createDataFrame(typed, contract.spark_schema).repartition(2)
    report = contract.verdicts(spark, files_of(frame, tmp_path / "t"))
    assert failed(report) == {("seats", "in_range(1, 500)"): 2, (None, "unique"): 1}
    assert report.bad_rows == 2
    alone = files_of(spark.createDataFrame(typed[2:], contract.spark_schema), tmp_path / "alone")
    assert contract.verdicts(spark, alone).bad_rows == 1


@pytest.mark.parametrize("rows_to_sort_here", [0, 4_000_000])
def test_a_key_may_come_again_in_another_partition(
    spark: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows_to_sort_here: int
) -> None:
    monkeypatch.setattr(contract_verdicts, "ROWS_TO_SORT_HERE", rows_to_sort_here)
    contract = compile_contract(Trips)
    day = date(2013, 1, 7)
    frame = spark.createDataFrame([(day, "AA", 1, 1.0, p) for p in "pqq"], contract_and_partition())
    frame.write.partitionBy("partition").parquet(str(tmp_path / "t"))
    files = sorted(map(str, (tmp_path / "t").rglob("*.parquet")))
    report = contract.verdicts(spark, files)
    assert failed(report) == {(None, "unique"): 1}
    assert (report.rows, report.bad_rows) == (3, 1)


def contract_and_partition() -> T.StructType:
    return T.StructType(
        [*compile_contract(Trips).spark_schema, T.StructField("partition", T.StringType())]
    )
