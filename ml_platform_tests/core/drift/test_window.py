from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ml_platform.core import names
from ml_platform.core.drift.window import WindowDrift, judge_window
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.score_profile import SCORE
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.drift.profiles import counted

LIMITS = DriftSpec(min_rows=100)
AT = datetime(2026, 1, 1, tzinfo=UTC)
STILL, MOVED = [0, 500, 500, 0], [0, 900, 100, 0]
OUTSIDE = [0, 470, 470, 60]
CHECKS = (names.COLUMN_DRIFT, names.UNSEEN_VALUES, names.SCORE_DRIFT)


def _of(column: str, counts: Sequence[int]) -> ColumnProfile:
    return replace(counted(counts), column=column)


REFERENCE = [_of("temp", STILL), _of("wind", STILL), _of(SCORE, STILL)]


def _judged(temp: Sequence[int], score: Sequence[int] | None = STILL) -> WindowDrift:
    scores = [] if score is None else [_of(SCORE, score)]
    return judge_window(REFERENCE, [_of("temp", temp), _of("wind", STILL)], scores, LIMITS)


def _verdicts(window: WindowDrift) -> tuple[Verdict, ...]:
    return tuple(window.outcome(check).verdict for check in CHECKS)


PASSED, FAILED, UNKNOWN = Verdict.PASSED, Verdict.FAILED, Verdict.NOT_EVALUATED


@pytest.mark.parametrize(
    ("temp", "score", "verdicts"),
    [
        (STILL, STILL, (PASSED, PASSED, PASSED)),
        (MOVED, STILL, (FAILED, PASSED, PASSED)),
        (OUTSIDE, STILL, (PASSED, FAILED, PASSED)),
        (STILL, MOVED, (PASSED, PASSED, FAILED)),
        (STILL, None, (PASSED, PASSED, UNKNOWN)),
    ],
)
def test_inputs_unseen_values_and_score_are_judged_apart(
    temp: Sequence[int], score: Sequence[int] | None, verdicts: tuple[Verdict, ...]
) -> None:
    # A tail that fills up moves the column, too: only the unseen rate is at stake here.
    limits = LIMITS.model_copy(update={"psi": 0.6})
    scores = [] if score is None else [_of(SCORE, score)]
    window = judge_window(REFERENCE, [_of("temp", temp), _of("wind", STILL)], scores, limits)

    assert _verdicts(window) == verdicts


def test_an_unseen_value_is_told_of_its_column_alone() -> None:
    assert _judged(OUTSIDE).unseen.drifted_columns == ("temp",)
    assert {line.statistic for line in _judged(OUTSIDE).unseen.columns} == {"unseen_rate"}
    assert "unseen_rate" not in {line.statistic for line in _judged(OUTSIDE).columns.columns}


def test_too_few_rows_are_not_evaluated() -> None:
    assert _verdicts(judge_window(REFERENCE, [], [], LIMITS)) == (UNKNOWN, UNKNOWN, UNKNOWN)


def test_the_profiles_it_was_made_from_are_kept() -> None:
    window = _judged(MOVED)

    assert window.reference == tuple(REFERENCE)
    assert [profile.column for profile in window.analysis] == ["temp", "wind", SCORE]


def test_there_is_one_row_per_column_and_statistic() -> None:
    rows = list(_judged(MOVED, None).rows(AT))

    assert len({(row["column"], row["statistic"]) for row in rows}) == len(rows) == 9
    assert set(rows[0]) == {
        "window",
        "segment",
        "column",
        "statistic",
        "value",
        "threshold",
        "verdict",
        "rows",
        "computed_at",
    }
    assert rows[0] | {"value": 0.0} == {
        "window": "trailing",
        "segment": "",
        "column": "temp",
        "statistic": "psi",
        "value": 0.0,
        "threshold": 0.2,
        "verdict": "failed",
        "rows": 1_000,
        "computed_at": AT,
    }
    assert {(row["column"], row["verdict"]) for row in rows} == {
        ("temp", "failed"),
        ("temp", "passed"),
        ("wind", "passed"),
        (SCORE, "not_evaluated"),
    }
