"""A model that is declared late is given the history of its tables, range by range."""

from datetime import date

from ml_platform.core.ingestion.backfill import Backfill, next_backfill
from ml_platform.core.ingestion.calendar import Calendar

DAYS = Calendar("day", date(2026, 1, 1))
WEEK = [f"2026-01-0{day}" for day in range(1, 8)]


def test_a_model_that_has_all_lacks_nothing() -> None:
    assert next_backfill(DAYS, [WEEK], WEEK) is None
    assert next_backfill(DAYS, [[]], []) is None


def test_the_newest_range_comes_first_and_then_what_lies_before_it() -> None:
    first = next_backfill(DAYS, [WEEK], [], at_once=3)
    assert first == Backfill(WEEK[4:], 7, 7)
    assert first.sentence == "0 of 7 partitions are made; 2026-01-05 to 2026-01-07 are next"
    then = next_backfill(DAYS, [WEEK], WEEK[4:], at_once=3)
    assert then == Backfill(WEEK[1:4], 4, 7)
    last = next_backfill(DAYS, [WEEK], WEEK[1:], at_once=3)
    assert last == Backfill(WEEK[:1], 1, 7)
    assert last.sentence == "6 of 7 partitions are made; 2026-01-01 is next"


def test_a_new_day_that_landing_made_stops_no_backfill() -> None:
    found = next_backfill(DAYS, [WEEK], WEEK[-1:])
    assert found == Backfill(WEEK[:-1], 6, 7)


def test_what_lies_behind_the_first_that_is_made_is_left_to_landing() -> None:
    assert next_backfill(DAYS, [WEEK], [WEEK[0], WEEK[6]]) is None


def test_a_day_that_a_lookup_lacks_is_left_out_and_ends_the_range() -> None:
    lookup = [*WEEK[:3], *WEEK[4:]]
    assert next_backfill(DAYS, [WEEK, lookup], []) == Backfill(WEEK[4:], 6, 6)
    assert next_backfill(DAYS, [WEEK, lookup], WEEK[4:]) == Backfill(WEEK[:3], 3, 6)


def test_a_day_for_which_nothing_landed_is_no_gap() -> None:
    without_sunday = [*WEEK[:3], *WEEK[4:]]
    assert next_backfill(DAYS, [without_sunday], []) == Backfill(without_sunday, 6, 6)


def test_what_lies_before_the_calendar_is_not_made() -> None:
    later = Calendar("day", date(2026, 1, 5))
    assert next_backfill(later, [WEEK], []) == Backfill(WEEK[4:], 3, 3)
