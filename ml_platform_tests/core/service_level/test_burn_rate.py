import math
from datetime import UTC, datetime, timedelta

import pytest

from ml_platform.core.service_level.burn_rate import RULES, BurnRate, Event, burn_rates

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
MONTH = timedelta(days=30)
EVERY = timedelta(seconds=30)


def probed(length: timedelta, bad_in_the_last: timedelta, every: int = 1) -> list[Event]:
    """Probes every 30 s; of those at the end, each n-th was bad."""
    number = int(length / EVERY)
    at = [NOW - EVERY * i for i in range(number)]
    return [
        Event(moment, 1.0, float(NOW - moment < bad_in_the_last and i % every == 0))
        for i, moment in enumerate(at)
    ][::-1]


def rates(events: list[Event], objective: float = 0.999) -> list[BurnRate]:
    return list(burn_rates(events, objective, MONTH, NOW))


def test_the_limits_are_those_of_the_workbook() -> None:
    assert [rule.limit(MONTH) for rule in RULES] == pytest.approx([14.4, 6, 1])
    assert [rule.pages for rule in RULES] == [True, True, False]


def test_a_shorter_period_has_its_own_limits_and_no_longer_windows() -> None:
    assert RULES[0].limit(timedelta(days=7)) == pytest.approx(0.02 * 7 * 24)
    found = burn_rates(probed(timedelta(days=4), EVERY), 0.999, timedelta(days=1), NOW)
    assert [rate.rule for rate in found] == list(RULES[:2])
    assert RULES[2].limit(timedelta(days=7)) == 1.0


def test_a_burn_rate_of_one_spends_the_budget_within_the_period() -> None:
    events = [Event(NOW - timedelta(minutes=1), total=100_000, bad=100)]
    assert [rate.long for rate in rates(events)] == pytest.approx([1, 1, 1])
    assert not any(rate.burns for rate in rates(events)[:2])


@pytest.mark.parametrize(
    ("outage", "told"),
    [
        (timedelta(0), []),
        (timedelta(seconds=30), []),
        (timedelta(minutes=1), [True, False, False]),
        # 5% of the budget of 30 days are 130 s.
        (timedelta(minutes=2.5), [True, True, False]),
        # 10% of it are 260 s.
        (timedelta(minutes=5), [True, True, True]),
    ],
)
def test_how_long_an_outage_lasts_says_who_is_told(outage: timedelta, told: list[bool]) -> None:
    found = rates(probed(timedelta(days=3), outage))
    assert all(rate.judged for rate in found)
    assert [rate.burns for rate in found] == (told or [False] * 3)


def test_an_outage_that_is_over_is_told_no_more() -> None:
    events = probed(timedelta(days=3), timedelta(minutes=30))
    recent = [e if NOW - e.at > timedelta(minutes=5) else Event(e.at, 1, 0) for e in events]
    page, slower, ticket = rates(recent)
    assert (page.long >= page.limit, page.short, page.burns) == (True, 0, False)
    assert slower.burns
    assert ticket.burns


def test_a_single_failure_among_few_is_no_rate() -> None:
    found = rates(probed(timedelta(minutes=30), EVERY))
    assert [rate.judged for rate in found] == [False] * 3
    assert not any(rate.burns for rate in found)


def test_an_endpoint_that_is_down_from_the_start_is_told_at_once() -> None:
    found = rates(probed(timedelta(minutes=2), timedelta(minutes=2)))
    assert [rate.burns for rate in found] == [True] * 3


def test_without_anything_in_the_short_window_nothing_is_judged() -> None:
    events = [Event(NOW - timedelta(minutes=10), 10_000, 0)]
    page, slower, ticket = rates(events)
    assert (page.judged, slower.judged, ticket.judged) == (False, True, True)
    assert math.isnan(page.short)
    assert not any(rate.judged for rate in rates([]))
