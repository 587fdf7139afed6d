"""A calendar is asked with the moment of the look; one rule says what a duration is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.errors import ConfigError
from ml_platform.core.ingestion.calendar import NOMINAL, Calendar
from ml_platform.core.ingestion.wall_clock import changes_by_part_of_an_hour, instant_of, zone_of

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
NEW_YORK = "America/New_York"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


def calendar(every: Any, **other: Any) -> Calendar:
    return Calendar(every, **({"start": date(2013, 1, 1)} | other))


def test_a_partition_exists_from_the_moment_it_ends() -> None:
    days = calendar("day")

    assert days.partitions(at(2013, 1, 2, 23, 59)) == ["2013-01-01"]
    assert days.partitions(at(2013, 1, 3)) == ["2013-01-01", "2013-01-02"]
    assert not days.exists("2013-01-02", at(2013, 1, 2, 23, 59))
    assert days.exists("2013-01-02", at(2013, 1, 3))
    assert days.holds("2013-01-02")


def test_before_the_first_partition_ends_there_is_none() -> None:
    days = calendar("day")

    assert days.partitions(at(2013, 1, 1, 23)) == []
    assert days.partitions(at(2012, 1, 1)) == []
    assert days.latest(at(2013, 1, 1, 23)) is None
    assert days.latest(at(2013, 1, 9, 1)) == "2013-01-08"


def test_outside_start_and_end_nothing_is_held_and_yet_it_has_a_window() -> None:
    days = calendar("day", end=date(2013, 1, 11))

    held = [
        key for key in ("2012-12-31", "2013-01-01", "2013-01-10", "2013-01-11") if days.holds(key)
    ]
    assert held == ["2013-01-01", "2013-01-10"]
    assert days.partitions(at(2020, 1, 1))[-1] == "2013-01-10"
    assert days.window("2012-12-31").length == DAY


@pytest.mark.parametrize(
    "text", ["", "2013-1-5", "2013-02-30", "notes", "9999-12-31", "2013-01-01-00:00", "2013-01-07x"]
)
def test_what_is_no_key_is_said_to_be_none(text: str) -> None:
    days = calendar("day")

    assert not days.is_key(text)
    assert not days.exists(text, at(2020, 1, 1))
    with pytest.raises(ConfigError, match="expected one such as 2013-01-07"):
        days.window(text)


def test_a_week_begins_on_sunday_and_a_month_on_the_first() -> None:
    assert calendar("week").partitions(at(2013, 1, 21)) == ["2013-01-06", "2013-01-13"]
    assert calendar("month").partitions(at(2013, 3, 2)) == ["2013-01-01", "2013-02-01"]
    assert not calendar("week").is_key("2013-01-07")
    assert not calendar("month").is_key("2013-01-02")
    monday = calendar("week", offset=DAY)
    assert monday.partitions(at(2013, 1, 14)) == ["2013-01-07"]


def test_a_day_that_begins_at_six_holds_the_night_after_it() -> None:
    shop = calendar("day", offset=6 * HOUR)

    assert shop.partition_at(at(2013, 1, 8, 5, 59)) == "2013-01-07"
    assert shop.partition_at(at(2013, 1, 8, 6)) == "2013-01-08"
    assert not shop.exists("2013-01-07", at(2013, 1, 8, 5, 59))
    assert shop.exists("2013-01-07", at(2013, 1, 8, 6))
    # The end is a day of the same clock: the last partition ends at six, too.
    until = calendar("day", offset=6 * HOUR, end=date(2013, 1, 3))
    assert until.partitions(at(2020, 1, 1)) == ["2013-01-01", "2013-01-02"]


def test_a_day_in_a_zone_has_23_24_or_25_hours() -> None:
    days = calendar("day", timezone=NEW_YORK)

    lengths = [days.window(key).length / HOUR for key in ("2013-03-09", "2013-03-10", "2013-11-03")]
    assert lengths == [24, 23, 25]
    assert days.begin("2013-01-01") == at(2013, 1, 1, 5)
    assert days.local_begin("2013-07-01").hour == 0


def test_each_hour_of_a_day_of_25_has_a_key_of_its_own_in_order() -> None:
    hours = calendar("hour", timezone=NEW_YORK)

    keys = hours.keys_between("2013-11-03-00:00", "2013-11-03-23:00")

    assert len(keys) == len(set(keys)) == 25
    assert keys == sorted(keys)
    assert keys[1:3] == ["2013-11-03-01:00", "2013-11-03-01:00-0500"]
    assert {hours.window(key).length for key in keys} == {HOUR}
    assert len(hours.keys_between("2013-03-10-00:00", "2013-03-10-23:00")) == 23


@pytest.mark.parametrize(
    ("every", "length", "partitions"),
    [
        ("hour", DAY, 24),
        ("hour", timedelta(minutes=10), 1),
        ("day", 7 * DAY, 7),
        ("day", 12 * HOUR, 1),
        ("day", 36 * HOUR, 1),
        ("day", 37 * HOUR, 2),
        ("week", 30 * DAY, 4),
        ("week", 10 * DAY, 1),
        ("month", WEEK, 1),
        ("month", 28 * DAY, 1),
        ("month", 60 * DAY, 2),
        ("month", 90 * DAY, 3),
        ("month", 365 * DAY, 12),
        ("month", 730 * DAY, 24),
    ],
)
def test_a_duration_is_the_nearest_whole_number_of_partitions(
    every: Any, length: timedelta, partitions: int
) -> None:
    assert calendar(every).count(length) == partitions


@given(st.sampled_from(list(NOMINAL)), st.integers(40, 200), st.integers(1, 24 * 400))
def test_every_window_of_a_duration_has_as_many_partitions(
    every: Any, last: int, hours: int
) -> None:
    made, length = calendar(every, start=date(2010, 3, 5)), timedelta(hours=hours)
    keys = made.keys_to(made.partition_at(at(2040, 1, 1)), 400)
    expected = made.count(length)

    window = made.trailing(keys[last], length)
    assert window == made.keys_to(keys[last], expected)
    assert len(window) == expected
    assert made.before(keys[last], length) == made.keys_to(keys[last - 1], expected)


def test_a_window_and_a_history_end_where_the_calendar_begins() -> None:
    days = calendar("day")

    assert days.trailing("2013-01-02", WEEK) == ["2013-01-01", "2013-01-02"]
    assert days.before("2013-01-02", WEEK) == ["2013-01-01"]
    assert days.before("2013-01-01", WEEK) == []
    assert days.before("2013-01-09", timedelta(0)) == []
    # A calendar that begins within a month has that month not at all.
    assert calendar("month", start=date(2013, 1, 2)).before("2013-02-01", WEEK) == []
    # A partition before the start is a window of its own.
    assert days.trailing("2012-12-01", WEEK) == ["2012-12-01"]


def test_the_end_of_a_long_calendar_costs_no_walk_over_it() -> None:
    hours = calendar("hour", start=date(2000, 1, 1))
    assert len(hours.trailing("2024-01-01-00:00", WEEK)) == 7 * 24
    assert hours.exists("2024-01-01-00:00", at(2025, 1, 1))


def test_calendars_are_cut_alike_wherever_they_begin() -> None:
    assert calendar("day").cut == calendar("day", start=date(2020, 1, 1), end=date(2021, 1, 1)).cut
    assert calendar("day").cut != calendar("day", offset=HOUR).cut
    assert calendar("day").cut != calendar("day", timezone=NEW_YORK).cut


def test_a_time_that_clocks_skip_is_the_moment_they_do() -> None:
    assert instant_of(datetime(2013, 3, 10, 2, 30), NEW_YORK) == at(2013, 3, 10, 7)
    assert instant_of(datetime(2013, 11, 3, 1, 30), NEW_YORK) == at(2013, 11, 3, 6, 30)
    assert instant_of(datetime(2013, 11, 3, 1, 30), NEW_YORK, fold=0) == at(2013, 11, 3, 5, 30)


def test_a_zone_that_is_none_is_refused_with_an_example() -> None:
    for name in ("Berlin", "../etc/passwd", ""):
        with pytest.raises(ConfigError, match='IANA name such as "Europe/Berlin"'):
            zone_of(name)
    assert changes_by_part_of_an_hour("Australia/Lord_Howe")


def test_a_moment_that_clocks_show_twice_belongs_to_the_partition_that_has_begun() -> None:
    half_past_one = calendar("day", timezone=NEW_YORK, offset=timedelta(minutes=90))
    # 01:45 for the first time: the day begins at the second 01:30.
    assert half_past_one.partition_at(at(2013, 11, 3, 5, 45)) == "2013-11-02"
    late = calendar("day", timezone="America/Sao_Paulo", offset=timedelta(hours=23, minutes=30))
    # 23:10 for the second time: the day began at the first 23:30.
    assert late.partition_at(at(2013, 2, 17, 2, 10)) == "2013-02-16"
