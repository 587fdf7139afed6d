from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml_platform.core.metric_names import BINARY_METRICS
from ml_platform.core.monitoring_spec import PerformanceSpec
from ml_platform.core.performance.bootstrap import bootstrap_intervals
from ml_platform.core.performance.window import METHOD, WindowPerformance, measure_window
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.performance.scored import flights

TODAY, BEFORE = "2013-01-07", "2013-01-06"
SPEC = PerformanceSpec(floors={"roc_auc": 0.55}, max_drop={"brier": 0.02}, min_labels=100)
AT = datetime(2026, 1, 1, tzinfo=UTC)
LEARNED = datetime(2013, 1, 8, 6, tzinfo=UTC)
LABEL, SCORE = flights(400)


def _log(rows: int = 400, unlabelled: int = 0, version: int = 2) -> dict[str, list[Any]]:
    """Rows of the log, the first half of yesterday; the last ones have no label yet."""
    return {
        "partition": [BEFORE] * (rows // 2) + [TODAY] * (rows - rows // 2),
        "model_version": [version] * rows,
        "score": SCORE[:rows].tolist(),
        "threshold": [0.3] * rows,
        "weight": [1.0] * rows,
        "label": [*LABEL[: rows - unlabelled].tolist(), *[None] * unlabelled],
        "labelled_at": [LEARNED] * (rows - unlabelled) + [None] * unlabelled,
        "origin": ["JFK", "EWR"] * (rows // 2),
    }


def _both(first: Mapping[str, list[Any]], then: Mapping[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: first[name] + then[name] for name in first}


def _measured(
    columns: Mapping[str, list[Any]], brier: float = 0.15, declared: int = 2
) -> WindowPerformance:
    return measure_window(
        columns,
        window=[BEFORE, TODAY],
        declared=declared,
        spec=SPEC,
        segments=["origin"],
        reference=lambda version: {"brier": brier} if version == 2 else {},
        segment_reference=lambda version: {("origin", "JFK"): {"brier": brier}},
    )


def test_the_window_is_held_against_floors_and_the_reference_of_its_version() -> None:
    fine, lost = _measured(_log()), _measured(_log(), brier=0.01)

    assert fine.report.verdict is Verdict.PASSED
    assert lost.report.verdict is Verdict.FAILED
    assert (fine.model_version, fine.report.rows, fine.report.coverage) == (2, 400, 1.0)


def test_the_day_is_measured_beside_the_window() -> None:
    measured = _measured(_log())

    assert measured.day_rows == 200
    assert measured.day == bootstrap_intervals(LABEL[200:], SCORE[200:], 0.3)


def test_a_row_of_a_sample_counts_for_all_that_it_stands_for() -> None:
    one = _log(unlabelled=100)
    sampled = one | {"weight": [3.0 if i % 2 else 1.0 for i in range(400)]}
    thrice = {
        name: [v for i, v in enumerate(c) for _ in range(3 if i % 2 else 1)]
        for name, c in one.items()
    }

    found, expected = _measured(sampled), _measured(thrice)

    assert found.report.rows == 300, "rows that are there"
    assert found.report.coverage == pytest.approx(expected.report.coverage)
    assert found.day_coverage == pytest.approx(expected.day_coverage)
    for line, other in zip(found.report.lines, expected.report.lines, strict=True):
        assert line.value == pytest.approx(other.value), line.metric
        assert line.high - line.low > other.high - other.low, "300 rows say less than 600"
    assert found.day["brier"].value == pytest.approx(expected.day["brier"].value)
    for part, other_part in zip(found.segments, expected.segments, strict=True):
        values = {line.metric: line.value for line in other_part.lines}
        assert {line.metric: line.value for line in part.lines} == pytest.approx(values)


def test_only_rows_with_a_label_count_and_the_rest_lower_the_coverage() -> None:
    measured = _measured(_log(unlabelled=100))

    assert (measured.report.rows, measured.report.coverage) == (300, 0.75)
    assert (measured.day_rows, measured.day_coverage) == (100, 0.5)


def test_a_day_without_labels_has_no_metrics_but_the_window_does() -> None:
    measured = _measured(_log(unlabelled=200))

    assert (measured.day, measured.day_rows, measured.day_coverage) == ({}, 0, 0.0)
    assert measured.report.verdict is Verdict.PASSED


def test_a_window_without_a_single_label_is_not_evaluated() -> None:
    measured = _measured(_log(unlabelled=400))

    assert measured.report.verdict is Verdict.NOT_EVALUATED
    assert (measured.report.rows, measured.day, measured.segments) == (0, {}, ())
    assert (measured.model_version, measured.labels_as_of) == (2, None)


def test_a_window_without_a_single_row_is_not_evaluated() -> None:
    measured = _measured({name: [] for name in _log()})

    assert measured.report.verdict is Verdict.NOT_EVALUATED
    assert (measured.model_version, measured.day_rows) == (None, 0)
    assert np.isnan(measured.day_coverage)
    assert measured.labels_as_of is None
    assert {row["metric"] for row in measured.rows(TODAY, AT)} == {"roc_auc", "brier"}


def test_a_day_without_predictions_has_no_coverage() -> None:
    measured = _measured(_log() | {"partition": [BEFORE] * 400})

    assert measured.day_rows == 0
    assert np.isnan(measured.day_coverage)


@given(st.integers(0, 200), st.booleans())
@settings(max_examples=10)
def test_rows_of_an_older_version_change_nothing(older: int, first: bool) -> None:
    old, new = _log(2 * (older // 2), version=1), _log()

    assert _measured(_both(old, new) if first else _both(new, old)) == _measured(new)


def test_the_newest_label_of_the_measured_version_says_as_of_when() -> None:
    later = LEARNED + timedelta(hours=6)
    old, new = _log(200, version=1), _log(unlabelled=100)
    old["labelled_at"] = [LEARNED + timedelta(days=9)] * 200
    new["labelled_at"][7] = later
    measured = _measured(_both(old, new))

    assert measured.labels_as_of == later
    assert "as of 2013-01-08 12:00 UTC" in measured.report.sentence
    assert {row["labels_as_of"] for row in measured.rows(TODAY, AT)} == {later}


def test_each_segment_value_is_measured() -> None:
    segments = _measured(_log(unlabelled=200)).segments

    assert [(s.segment, s.value, s.rows, s.evaluated) for s in segments] == [
        ("origin", "EWR", 100, True),
        ("origin", "JFK", 100, True),
    ]


def test_the_table_has_a_row_per_metric_of_window_day_and_segment() -> None:
    measured = _measured(_log())
    rows = list(measured.rows(TODAY, AT))

    grain = {(row["window"], row.get("segment_value"), row["metric"]) for row in rows}
    assert len(grain) == len(rows) == 4 * len(BINARY_METRICS)
    assert {(r["partition"], r["computed_at"], r["model_version"], r["method"]) for r in rows} == {
        (TODAY, AT, 2, METHOD)
    }
    window, day, segment = (
        next(row for row in rows if row["metric"] == "brier" and matches(row))
        for matches in (
            lambda row: "limit" in row,
            lambda row: row["window"] == "day",
            lambda row: row.get("segment_value") == "JFK",
        )
    )
    assert (window["verdict"], window["limit"]) == ("passed", pytest.approx(0.17))
    assert (window["labelled_rows"], window["coverage"]) == (400, 1.0)
    assert window["low"] < window["value"] < window["high"]
    assert (day["labelled_rows"], day["value"]) == (200, measured.day["brier"].value)
    brier_of_jfk = np.mean((SCORE[::2] - LABEL[::2]) ** 2)
    assert (segment["labelled_rows"], segment["value"]) == (200, pytest.approx(brier_of_jfk))


def test_a_window_of_few_labels_reaches_further_back_and_says_so() -> None:
    few = {name: [*column[:120], *column[320:]] for name, column in _log().items()}
    few["partition"] = [BEFORE] * 120 + [TODAY] * 80

    alone, both = (_measured(few, declared=declared).report for declared in (1, 2))

    assert (alone.rows, both.rows) == (200, 200)
    assert "200 labelled rows, 100% of all, over 2 partitions instead of 1" in alone.sentence
    assert "instead of" not in both.sentence


def test_a_window_of_enough_labels_stays_as_declared() -> None:
    assert _measured(_log(), declared=1).report.rows == 200


def test_labels_of_another_version_do_not_fill_a_window() -> None:
    columns = _both(_log(200, version=1), _log(60))
    columns["partition"] = [BEFORE] * 200 + [TODAY] * 60

    report = _measured(columns, declared=1).report

    assert (report.rows, report.verdict) == (60, Verdict.NOT_EVALUATED)


def test_where_nothing_was_predicted_no_share_of_it_has_labels() -> None:
    measured = _measured({**_log(), "partition": [BEFORE] * 400}, declared=1)

    assert measured.report.sentence == "performance not evaluated: 0 labelled rows; 100 needed"
    assert np.isnan(measured.report.coverage)
    assert measured.model_version is None
