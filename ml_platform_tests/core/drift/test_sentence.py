from __future__ import annotations

from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.sentence import drift_sentence
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.verdict import Verdict

PASSED, FAILED = Verdict.PASSED, Verdict.FAILED
LIMITS = DriftSpec(min_rows=500)


def _line(column: str, value: float, drifted: bool | None, statistic: str = "psi") -> ColumnDrift:
    return ColumnDrift(column, statistic, value, 0.2, drifted, 120, 0.0)


def test_every_statistic_that_moved_is_named_with_its_limit() -> None:
    lines = [
        _line("dewp", 0.41, True),
        _line("visib", 0.3, True, "missing_rate"),
        _line("dest", 0.25, True, "unseen_rate"),
        _line("temp", 0.01, False),
    ]

    assert drift_sentence(lines, FAILED, LIMITS) == (
        "drift in 3 of 4 columns (PSI over .2: dewp .41; "
        "change of missing rate over .2: visib .3; unseen rate over .2: dest .25)"
    )


def test_a_long_list_is_cut_short() -> None:
    lines = [_line(f"c{i}", 0.5, True) for i in range(7)]

    assert "c4 .5 and 2 more)" in drift_sentence(lines, FAILED, LIMITS)


def test_drift_that_is_allowed_says_so_and_too_much_of_it_says_how_much_is() -> None:
    lines = [_line("dewp", 0.41, True), *(_line(f"c{i}", 0.01, False) for i in range(7))]
    some = DriftSpec(columns_share=0.125)

    assert drift_sentence(lines, PASSED, some) == (
        "drift in 1 of 8 columns, within the 12.5% allowed (PSI over .2: dewp .41)"
    )
    assert drift_sentence(lines[:7], FAILED, some) == (
        "drift in 1 of 7 columns, over the 12.5% allowed (PSI over .2: dewp .41)"
    )


def test_quiet_columns_make_a_short_sentence() -> None:
    lines = [_line("temp", 0.01, False), _line("dewp", 0.01, False)]

    assert drift_sentence(lines, PASSED, LIMITS) == "no drift in 2 columns"
    assert drift_sentence(lines[:1], PASSED, LIMITS) == "no drift of temp"


def test_what_was_not_evaluated_is_said() -> None:
    lines = [_line("temp", 0.01, False), _line("gust", float("nan"), None)]

    assert drift_sentence(lines, PASSED, LIMITS) == (
        "no drift of temp; not evaluated: gust (120 rows); both sides need 500 rows"
    )
    assert drift_sentence(lines[1:], Verdict.NOT_EVALUATED, LIMITS) == (
        "drift not evaluated: gust (120 rows); both sides need 500 rows"
    )
    assert drift_sentence([], Verdict.NOT_EVALUATED, LIMITS) == (
        "drift not evaluated: no columns to compare"
    )


def test_a_column_judged_alone_has_no_share_of_columns_to_keep_to() -> None:
    score = ColumnDrift("score", "psi", 2.4, 0.5, True, 6000, 2.4)
    said = drift_sentence([score], Verdict.FAILED, DriftSpec(columns_share=0.3))
    assert said == "drift of score (PSI over .5: score 2.4)"
