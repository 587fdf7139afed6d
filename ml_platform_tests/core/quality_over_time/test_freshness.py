from __future__ import annotations

from datetime import timedelta

import pytest

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.quality_over_time.freshness import freshness_outcome
from ml_platform.core.verdict import Verdict

DAY = timedelta(days=1)


def _outcome(newest: str | None, **others: str) -> CheckOutcome:
    return freshness_outcome(newest, others, "2013-01-01", DAY)


@pytest.mark.parametrize(
    ("newest", "verdict", "said"),
    [
        ("2013-01-09", Verdict.PASSED, "landed through 2013-01-09; flights has landed through"),
        ("2013-01-08", Verdict.PASSED, "landed through 2013-01-08; flights has landed through"),
        ("2013-01-07", Verdict.PASSED, "landed through 2013-01-07, 1 day behind: flights"),
        ("2013-01-06", Verdict.FAILED, "2 days behind: flights has landed through 2013-01-08 (1 "),
        (None, Verdict.FAILED, "nothing has landed, 7 days behind: flights"),
    ],
)
def test_a_table_may_lie_behind_the_newest_by_what_was_declared(
    newest: str | None, verdict: Verdict, said: str
) -> None:
    outcome = _outcome(newest, flights="2013-01-08", weather="2013-01-05")

    assert outcome.verdict is verdict
    assert said in outcome.sentence


def test_a_table_that_has_nothing_yet_is_not_late_before_others_go_on() -> None:
    assert _outcome(None, flights="2013-01-01").verdict is Verdict.PASSED


def test_alone_there_is_no_clock() -> None:
    assert _outcome("2013-01-08").verdict is Verdict.NOT_EVALUATED


def test_hours_are_told_as_hours() -> None:
    outcome = freshness_outcome(
        "2013-01-08-03:00", {"b": "2013-01-08-09:00"}, "2013-01-08-00:00", timedelta(hours=4)
    )

    assert "6 hours behind: b has landed through 2013-01-08-09:00 (4 hours allowed)" in (
        outcome.sentence
    )
