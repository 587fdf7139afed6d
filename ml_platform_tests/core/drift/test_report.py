from __future__ import annotations

import pytest

from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.report import report_of
from ml_platform.core.verdict import Verdict

STILL = ColumnDrift("temp", "kolmogorov_smirnov", 0.01, 7, 6000, 0.1, False, 0.8)
NEAR = ColumnDrift("dewp", "kolmogorov_smirnov", 0.12, 7, 6000, 0.1, True, 1e-6)
FAR = ColumnDrift("wind", "missing_rate", 0.4, 1, 900, 0.1, True, 1e-9)
UNKNOWN = ColumnDrift("rain", "missing_rate", float("nan"), 1, 9, why="9 rows")


def test_the_furthest_column_is_named_first() -> None:
    report = report_of([UNKNOWN, STILL, NEAR, FAR])

    assert report.verdict is Verdict.FAILED
    assert [line.column for line in report.columns] == ["wind", "dewp", "temp", "rain"]
    assert report.drifted_columns == ("wind", "dewp")
    assert report.drifted_share == pytest.approx(2 / 3)


def test_in_brief_the_figures_are_left_out() -> None:
    assert report_of([UNKNOWN, STILL, NEAR, FAR]).brief == "drift in 2 of 3 columns (wind, dewp)"
    assert report_of([STILL, UNKNOWN]).outcome().brief == "no drift of temp"
    assert report_of([NEAR]).brief == "drift of dewp"
    assert report_of([UNKNOWN]).brief == ""


def test_what_was_not_evaluated_has_not_passed() -> None:
    assert report_of([UNKNOWN]).verdict is Verdict.NOT_EVALUATED
    assert report_of([]).verdict is Verdict.NOT_EVALUATED
    assert report_of([UNKNOWN, STILL]).verdict is Verdict.PASSED


def test_what_was_not_evaluated_has_no_figures() -> None:
    report = report_of([UNKNOWN])

    assert report.drifted_share is None
    assert report.outcome().numbers == {}
    assert report_of([STILL, UNKNOWN]).outcome().numbers["drifted_columns"] == 0


def test_the_check_shows_the_greatest_values_and_every_line() -> None:
    outcome = report_of([STILL, NEAR, FAR, UNKNOWN]).outcome()

    assert outcome.numbers == {
        "drifted_columns": 2,
        "drifted_share": pytest.approx(2 / 3),
        "max_kolmogorov_smirnov": 0.12,
        "max_missing_rate": 0.4,
    }
    assert [row["column"] for row in outcome.table] == ["wind", "dewp", "temp", "rain"]
