"""A contract separates rows and names every reason."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandera.pyspark as pa
import pytest
from pyspark.sql import types as T

from ml_platform.core.errors import ContractError
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.spark.contract import compile_contract
from ml_platform_tests.spark.contracts import OwnChecks, Trips, failed

RAW_TAIL = "_extra string, _malformed string, _source_file string, _source_sha256 string, \
_row_number long, _ingested_at timestamp, partition string"


def raw(spark: Any, columns: str, rows: list[tuple[Any, ...]], partition: str) -> Any:
    """A raw table; each row gives the contract columns, then ``_extra`` and ``_malformed``."""
    tail = [("f.csv", "abc", i + 1, datetime(2013, 1, 7), partition) for i in range(len(rows))]
    schema = ", ".join(f"{name} string" for name in columns.split()) + ", " + RAW_TAIL
    return spark.createDataFrame([a + b for a, b in zip(rows, tail, strict=True)], schema)


def separate(split: Any, folder: Path) -> tuple[list[Any], dict[int, list[tuple[Any, ...]]]]:
    """Write the validated rows, and give them with the reasons of the others by row number."""
    split.validated.write.parquet(str(folder / "validated"))
    reasons = {
        row["_row_number"]: [tuple(reason) for reason in row["_reasons"]]
        for row in split.quarantine.collect()
    }
    validated = split.validated.sparkSession.read.parquet(str(folder / "validated"))
    return validated.orderBy("_row_number").collect(), reasons


def test_every_bad_row_is_quarantined_with_each_of_its_reasons(spark: Any, tmp_path: Path) -> None:
    rows = [
        ("2013-01-07", "AA", "12.0", "1e3", None, None),
        ("2013-01-07", "BB", None, None, '{"x":1}', None),
        ("2013-01-07", "AA", "13", "2", None, None),
        ("2013-01-08", "CC", "0", "inf", None, None),
        ("2013-01-07 junk", None, "12.5", "1d", None, None),
        (None, None, None, None, None, "2013-01-07,AA"),
        ("2013-01-07", "D\ufffd", "99999999999", "1e999", None, None),
    ]
    split = compile_contract(Trips).split(raw(spark, "day code seats price", rows, "2013-01-07"))
    validated, reasons = separate(split, tmp_path)
    assert [tuple(row)[:4] for row in validated] == [
        (date(2013, 1, 7), "AA", 12, 1000.0),
        (date(2013, 1, 7), "BB", None, None),
    ]
    assert reasons == {
        3: [(None, "unique", "2013-01-07, AA")],
        4: [
            ("seats", "in_range(1, 500)", "0"),
            ("price", "finite", "inf"),
            ("day", "outside_partition", "2013-01-08"),
        ],
        5: [
            ("day", "dtype(date)", "2013-01-07 junk"),
            ("code", "not_nullable", None),
            ("seats", "dtype(int)", "12.5"),
            ("price", "dtype(double)", "1d"),
        ],
        6: [(None, "malformed_row", "2013-01-07,AA")],
        7: [
            (None, "not_utf8", "D\ufffd"),
            ("code", "str_matches('[A-Z]{2}$')", "D\ufffd"),
            ("seats", "dtype(int)", "99999999999"),
            ("price", "finite", "1e999"),
        ],
    }
    report = split.report()
    assert (report.rows, report.bad_rows) == (7, 5)
    counted = {check: n for (_, check), n in failed(report).items()}
    assert counted["malformed_row"] == counted["unique"] == 1
    assert failed(report)["seats", "dtype(int)"] == 2
    assert not report.passed


def test_a_bad_row_never_displaces_a_good_one_with_its_key(spark: Any, tmp_path: Path) -> None:
    rows = [
        ("2013-01-07", "AA", "0", "1", None, None),
        ("2013-01-07", "AA", "2", "1", None, None),
        ("2013-01-07", "AA", "2", "1", None, None),
    ]
    split = compile_contract(Trips).split(raw(spark, "day code seats price", rows, "2013-01-07"))
    validated, reasons = separate(split, tmp_path)
    assert [row["_row_number"] for row in validated] == [2]
    assert ("seats", "in_range(1, 500)", "0") in reasons[1]
    assert [check for _, check, _ in reasons[3]] == ["unique"]


def test_a_table_without_rows_is_reported_as_such(spark: Any, tmp_path: Path) -> None:
    empty = raw(spark, "day code seats price", [("a",) * 6], "2013-01-07").filter("code = 'b'")
    split = compile_contract(Trips).split(empty)
    assert separate(split, tmp_path) == ([], {})
    report = split.report()
    assert (report.rows, report.bad_rows, report.passed) == (0, 0, True)


class Every(pa.DataFrameModel):
    """One column of each type that can land as text."""

    b: T.BooleanType = pa.Field()
    y: T.ByteType = pa.Field()
    s: T.ShortType = pa.Field()
    l: T.LongType = pa.Field()  # noqa: E741
    f: T.FloatType = pa.Field(metadata={"finite": False})
    m: T.DecimalType(10, 2) = pa.Field()  # type: ignore[valid-type]
    t: T.TimestampType = pa.Field()


def test_each_type_reads_its_text_and_refuses_what_is_beyond_it(spark: Any, tmp_path: Path) -> None:
    nothing = (None, None)
    rows = [
        ("true", "127", "-5", " 7 ", "inf", "1.25", "2013-01-07T05:00:00Z", *nothing),
        ("maybe", "128", "1e9", "1_0", "0x1p3", "123456789012", "T12:00", *nothing),
    ]
    split = compile_contract(Every).split(raw(spark, "b y s l f m t", rows, "2013-01-07"))
    [good], reasons = separate(split, tmp_path)
    assert tuple(good)[:5] == (True, 127, -5, 7, math.inf)
    assert str(good["m"]) == "1.25"
    assert good["t"].isoformat() == "2013-01-07T05:00:00"
    assert [column for column, _, _ in reasons[2]] == list("byslfmt")
    assert {check.split("(")[0] for _, check, _ in reasons[2]} == {"dtype"}


class Hourly(pa.DataFrameModel):
    """What is cut by the hour, and takes no columns beyond its own."""

    at: T.TimestampType = pa.Field()
    note: T.StringType | None = pa.Field(raise_warning=True, str_length={"max_value": 3})

    class Config:
        """Strict."""

        strict = True
        metadata: dict[str, str] = {"partition_column": "at"}  # noqa: RUF012


@pytest.mark.parametrize(
    ("every", "partition", "outside"),
    [
        ("hour", "2013-01-07-13:00", {1, 3, 4, 5}),
        ("day", "2013-01-07", {3, 4, 5}),
        ("week", "2013-01-06", {4, 5}),
        ("month", "2013-01-01", {5}),
        ("day", "no date", {1, 2, 3, 4, 5}),
    ],
)
def test_rows_of_another_partition_are_refused_whatever_its_length(
    spark: Any, every: Any, partition: str, outside: set[int]
) -> None:
    moments = ["07 12:59:59", "07 13:00:00", "08 00:00:00", "13 00:00:00"]
    rows = [(f"2013-01-{m}", None, None, None) for m in moments]
    rows.append(("2013-02-01 00:00:00", None, None, None))
    split = compile_contract(Hourly, Calendar(every, date(2013, 1, 1))).split(
        raw(spark, "at note", rows, partition)
    )
    assert {row["_row_number"] for row in split.quarantine.collect()} == outside


def test_warnings_keep_the_row_and_strict_contracts_refuse_extra_columns(
    spark: Any, tmp_path: Path
) -> None:
    contract = compile_contract(Hourly)
    rows = [
        ("2013-01-07 01:00:00", "long text", None, None),
        ("2013-01-07 01:00:00", None, '{"x":null}', None),
    ]
    split = contract.split(raw(spark, "at note", rows, "2013-01-07"))
    validated, reasons = separate(split, tmp_path)
    assert contract.optional == ("note",)
    assert [row["_row_number"] for row in validated] == [1]
    assert reasons == {2: [(None, "column_in_schema", '{"x":null}')]}
    warned = next(v for v in split.report().verdicts if v.check.startswith("str_length"))
    assert (warned.failures, warned.passed) == (1, True)


def test_checks_that_cannot_be_compiled_are_judged_by_pandera_and_named(
    spark: Any, tmp_path: Path
) -> None:
    contract = compile_contract(OwnChecks)
    assert contract.not_compiled == ("unique_values_eq([1, 2])", "sums to three", "_has_few_rows")
    split = contract.split(raw(spark, "n", [(str(n), None, None) for n in (1, 2, -9)], "p"))
    validated, _ = separate(split, tmp_path)
    assert [row["n"] for row in validated] == [1, 2]
    judged = [v for v in split.report().verdicts if not v.compiled]
    assert [(v.check, v.passed) for v in judged] == [(name, True) for name in contract.not_compiled]


def test_a_raw_table_without_the_contracts_columns_is_refused(spark: Any) -> None:
    with pytest.raises(ContractError, match="no column n, _extra"):
        compile_contract(OwnChecks).split(spark.createDataFrame([("1",)], "m string"))


class Dated(pa.DataFrameModel):
    """The day of a row, and its partition."""

    day: T.DateType = pa.Field(nullable=True)

    class Config:
        """In the partition's days."""

        metadata: dict[str, str] = {"partition_column": "day"}  # noqa: RUF012


def test_rows_belong_to_the_day_of_their_tables_own_clock(spark: Any) -> None:
    """A day in New York that begins at six: 11:00 UTC in winter, 10:00 from 10 March on."""
    shop = Calendar("day", date(2013, 1, 1), None, "America/New_York", timedelta(hours=6))
    moments = ["09 10:59:59", "09 11:00:00", "10 09:59:59", "10 10:00:00"]
    rows = [(f"2013-03-{moment}", None, None, None) for moment in moments]
    split = compile_contract(Hourly, shop).split(raw(spark, "at note", rows, "2013-03-09"))
    assert {row["_row_number"] for row in split.quarantine.collect()} == {1, 4}


def test_days_that_a_partition_touches_belong_to_it(spark: Any) -> None:
    rows = [(f"2013-03-{day:02}", None, None) for day in (8, 9, 10, 11)]
    for offset, outside in ((timedelta(0), {1, 3, 4}), (timedelta(hours=6), {1, 4})):
        shop = Calendar("day", date(2013, 1, 1), None, "America/New_York", offset)
        split = compile_contract(Dated, shop).split(raw(spark, "day", rows, "2013-03-09"))
        assert {row["_row_number"] for row in split.quarantine.collect()} == outside
