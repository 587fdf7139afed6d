"""A contract separates rows, names every reason, and says the same as pandera itself."""

from __future__ import annotations

import math
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandera.pyspark as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyspark.sql import functions as F
from pyspark.sql import types as T

from ml_platform.core.errors import ContractError
from ml_platform.spark import contract_verdicts
from ml_platform.spark.contract import ContractReport, compile_contract

RAW_TAIL = "_extra string, _malformed string, _source_file string, _source_sha256 string, \
_row_number long, _ingested_at timestamp, partition string"


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


def raw(spark: Any, columns: str, rows: list[tuple[Any, ...]], partition: str) -> Any:
    """A raw table; each row gives the contract columns, then ``_extra`` and ``_malformed``."""
    tail = [("f.csv", "abc", i + 1, datetime(2013, 1, 7), partition) for i in range(len(rows))]
    schema = ", ".join(f"{name} string" for name in columns.split()) + ", " + RAW_TAIL
    return spark.createDataFrame([a + b for a, b in zip(rows, tail, strict=True)], schema)


def failed(report: ContractReport) -> dict[tuple[str | None, str], int]:
    """Failures per check that did not pass."""
    return {(v.column, v.check): v.failures for v in report.verdicts if not v.passed}


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
        ("maybe", "128", "1e3", "1_0", "0x1p3", "123456789012", "T12:00", *nothing),
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
    spark: Any, every: str, partition: str, outside: set[int]
) -> None:
    moments = ["07 12:59:59", "07 13:00:00", "08 00:00:00", "13 00:00:00"]
    rows = [(f"2013-01-{m}", None, None, None) for m in moments]
    rows.append(("2013-02-01 00:00:00", None, None, None))
    split = compile_contract(Hourly, every).split(raw(spark, "at note", rows, partition))
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
    report = contract.verdicts(spark.createDataFrame([(1,), (3,), (3,)], "n int"))
    assert report.not_compiled == contract.not_compiled
    assert [v.passed for v in report.verdicts if not v.compiled] == [False] * 3


@pytest.mark.parametrize("error", [TypeError, KeyError])
def test_a_check_that_cannot_run_is_an_error_in_plain_words(spark: Any, error: Any) -> None:
    class Broken(pa.DataFrameModel):
        n: T.IntegerType = pa.Field()

        @pa.check("n", name="breaks")
        def _breaks(cls, frame: Any) -> bool:
            raise error("no such thing")

    with pytest.raises(ContractError, match=r"check breaks of column n could not run: .*no such"):
        compile_contract(Broken).verdicts(spark.createDataFrame([(1,)], "n int"))


def test_where_panderas_backend_errs_its_documentation_holds(spark: Any) -> None:
    class Documented(pa.DataFrameModel):
        s: T.StringType = pa.Field(str_matches="a|b")
        n: T.IntegerType = pa.Field(isin=[1, None])

    frame = spark.createDataFrame([("xb", 2)], "s string, n int")
    assert len(failed(compile_contract(Documented).verdicts(frame))) == 2
    assert not Documented.validate(frame).pandera.errors


def test_frames_that_do_not_fit_are_refused_in_plain_words(spark: Any) -> None:
    contract = compile_contract(OwnChecks)
    with pytest.raises(ContractError, match="has no column n"):
        contract.verdicts(spark.createDataFrame([(1,)], "m int"))
    with pytest.raises(ContractError, match="column n is string, expected int"):
        contract.verdicts(spark.createDataFrame([("1",)], "n string"))
    with pytest.raises(ContractError, match="no column n, _extra"):
        contract.split(spark.createDataFrame([("1",)], "m string"))


@pytest.mark.parametrize("rows_to_sort_here", [0, 4_000_000])
def test_duplicates_are_counted_exactly_wherever_their_hashes_are_compared(
    spark: Any, monkeypatch: pytest.MonkeyPatch, rows_to_sort_here: int
) -> None:
    monkeypatch.setattr(contract_verdicts, "ROWS_TO_SORT_HERE", rows_to_sort_here)
    contract = compile_contract(Trips)
    rows = [("AA", 1), ("AA", 0), ("BB", 0), ("CC", 1)]
    typed = [(date(2013, 1, 7), code, seats, 1.0) for code, seats in rows]
    report = contract.verdicts(spark.createDataFrame(typed, contract.spark_schema))
    assert failed(report) == {("seats", "in_range(1, 500)"): 2, (None, "unique"): 1}
    assert report.bad_rows == 2
    assert contract.verdicts(spark.createDataFrame(typed[2:], contract.spark_schema)).bad_rows == 1


KINDS: dict[str, tuple[Any, st.SearchStrategy[Any], tuple[str, ...]]] = {
    "integer": (T.IntegerType, st.integers(-3, 3), ("order", "list", "equal")),
    "double": (T.DoubleType, st.sampled_from([-1.5, 0.0, 2.0, math.nan, math.inf]), ("order",)),
    "text": (T.StringType, st.text("ab%.", max_size=3), ("text", "list", "equal")),
    "day": (T.DateType, st.dates(date(2013, 1, 1), date(2013, 1, 4)), ("order", "equal")),
    "flag": (T.BooleanType, st.booleans(), ("equal",)),
}
GROUPS = {
    "order": ("gt", "ge", "lt", "le", "in_range"),
    "list": ("isin", "notin"),
    "equal": ("eq", "ne"),
    "text": ("str_contains", "str_matches", "str_startswith", "str_endswith", "str_length"),
}


def argument(draw: st.DrawFn, check: str, values: st.SearchStrategy[Any]) -> Any:
    """Something that the check can be declared with."""
    if check == "in_range":
        ends = sorted(draw(st.lists(values, min_size=2, max_size=2, unique=True)))
        return dict(zip(("min_value", "max_value"), ends, strict=True)) | {
            "include_min": draw(st.booleans()),
            "include_max": draw(st.booleans()),
        }
    if check in ("isin", "notin"):
        return draw(st.lists(values, min_size=1, max_size=3))
    if check == "str_length":
        return {"min_value": 1, "max_value": draw(st.integers(1, 3))}
    if check in ("str_contains", "str_matches"):
        return draw(st.sampled_from(["a", "^b", "[ab]+$", "a.", "%"]))
    return draw(values)


@st.composite
def contracts_with_rows(draw: st.DrawFn) -> tuple[Any, list[tuple[Any, ...]]]:
    """A contract over every kind of column, and a few rows that may or may not fit it."""
    fields: dict[str, Any] = {}
    cells = []
    for name, (_, values, groups) in KINDS.items():
        allowed = [check for group in groups for check in GROUPS[group]]
        chosen = draw(st.lists(st.sampled_from(allowed), max_size=3, unique=True))
        arguments = {check: argument(draw, check, values) for check in chosen}
        fields[name] = pa.Field(nullable=draw(st.booleans()), **arguments)
        cells.append(st.one_of(st.none(), values))
    names = st.lists(st.sampled_from(list(KINDS)), max_size=3, unique=True)
    config = type("Config", (), {"unique": draw(names) or None})
    annotations = {name: kind for name, (kind, _, _) in KINDS.items()}
    members = {**fields, "Config": config, "__annotations__": annotations}
    model = type("Generated", (pa.DataFrameModel,), members)
    return model, draw(st.lists(st.tuples(*cells), max_size=5))


def said_by_pandera(model: Any, frame: Any) -> set[tuple[str | None, str]]:
    """The checks that pandera's own validate finds failed."""
    found = model.validate(frame).pandera.errors
    entries = [e for kinds in found.values() for errors in kinds.values() for e in errors]
    return {(None if e["check"] == "unique" else e["column"], e["check"]) for e in entries}


@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(generated=contracts_with_rows())
def test_the_verdicts_are_those_of_panderas_own_validate(spark: Any, generated: Any) -> None:
    model, rows = generated
    contract = compile_contract(model)
    # Not cached: Spark skips cached batches by their range, which a NaN is not part of, so that
    # pandera's filters would miss it.
    frame = spark.createDataFrame(rows, contract.spark_schema).coalesce(1)
    assert set(failed(contract.verdicts(frame))) == said_by_pandera(model, frame)
