from datetime import UTC, datetime, timedelta

import pytest

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.service_level.burn_rate import Event
from ml_platform.core.service_level.error_budget import error_budget_outcome
from ml_platform.core.verdict import Verdict

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)


def judged(**sources: list[Event]) -> CheckOutcome:
    return error_budget_outcome(sources, 0.999, timedelta(days=30), NOW)


def one(total: float, bad: float, minutes_ago: float = 1) -> list[Event]:
    return [Event(NOW - timedelta(minutes=minutes_ago), total, bad)]


def test_a_fast_burn_of_one_source_fails_whatever_the_other_says() -> None:
    found = judged(probes=one(1000, 0), requests=one(1000, 50))
    assert found.verdict is Verdict.FAILED
    assert found.sentence == (
        "requests: the error budget of 99.9% over 30 days is spent at 50 times the even pace over "
        "1 hour and 50 times over 5 minutes, beyond 14.4: scale or roll back the endpoint"
    )
    assert found.numbers["requests_burn_1_hour"] == pytest.approx(50)
    assert [row["finding"] for row in found.table] == ["within"] * 3 + ["burns"] * 3


def test_a_slow_burn_is_a_ticket() -> None:
    found = judged(probes=one(10_000, 20))
    assert found.verdict is Verdict.WARNED
    assert found.sentence.endswith("beyond 1: look at it tomorrow")


def test_a_budget_spent_slowly_enough_passes() -> None:
    found = judged(probes=one(100_000, 50))
    assert found.verdict is Verdict.PASSED
    assert ".5 times the even pace over 3 days, 1 is told" in found.sentence


def test_too_few_to_tell_is_not_passed() -> None:
    found = judged(probes=one(10, 1), requests=[])
    assert found.verdict is Verdict.NOT_EVALUATED


def test_windows_that_cannot_be_judged_are_named_beside_those_that_can() -> None:
    found = judged(probes=one(1000, 0), requests=one(3, 0))
    assert found.verdict is Verdict.PASSED
    # Of 1,000 probes a single failed one would burn the whole of the slowest rule's limit.
    assert [row["finding"] for row in found.table] == ["within"] * 3 + ["not evaluated"] * 3
