"""Windows and histories are lengths of time, in calendars of any step."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from dagster import AssetsDefinition, TimeWindowPartitionMapping
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core import names
from ml_platform.core.model_spec import ModelSpec
from ml_platform.core.source_spec import Partitions
from ml_platform.lifecycle.features import features_asset
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partitioning import (
    history_of,
    partitions_back,
    partitions_of,
    window_of,
)
from ml_platform.lifecycle.performance import performance_asset
from ml_platform_tests.core.test_model_spec import flight_delay

STEPS = ("hour", "day", "week", "month")
DAY, WEEK = timedelta(days=1), timedelta(days=7)


def calendar(every: Any, start: date = date(2013, 1, 1), end: date | None = None) -> Any:
    return partitions_of(Partitions(every=every, start=start, end=end))


def test_a_window_ends_with_its_last_partition() -> None:
    assert window_of(calendar("day"), "2013-01-09", 3 * DAY) == [
        "2013-01-07",
        "2013-01-08",
        "2013-01-09",
    ]
    hours = window_of(calendar("hour"), "2013-01-09-00:00", DAY)
    assert (len(hours), hours[0], hours[-1]) == (24, "2013-01-08-01:00", "2013-01-09-00:00")


def test_a_window_shorter_than_a_partition_is_that_partition() -> None:
    assert window_of(calendar("month"), "2013-03-01", WEEK) == ["2013-03-01"]
    assert window_of(calendar("week"), "2013-01-13", DAY) == ["2013-01-13"]


def test_nothing_is_before_the_calendar() -> None:
    assert window_of(calendar("day"), "2013-01-02", WEEK) == ["2013-01-01", "2013-01-02"]
    assert history_of(calendar("day"), "2013-01-01", WEEK) == []
    # A calendar that begins within a month has that month not at all.
    months = calendar("month", start=date(2013, 1, 2))
    assert history_of(months, "2013-02-01", WEEK) == []


def test_a_history_ends_right_before_its_first_partition() -> None:
    assert history_of(calendar("day"), "2013-01-09", 2 * DAY) == ["2013-01-07", "2013-01-08"]
    assert history_of(calendar("month"), "2013-03-01", WEEK) == ["2013-02-01"]
    assert history_of(calendar("day"), "2013-01-09", timedelta()) == []


@given(
    st.sampled_from(STEPS),
    st.integers(0, 27),
    st.integers(1, 24 * 100).map(lambda hours: timedelta(hours=hours)),
)
def test_both_are_what_a_walk_over_the_whole_calendar_finds(
    every: str, place: int, length: timedelta
) -> None:
    known, starts, ends = walked(every)
    keys = list(starts)[: place + 1]
    last = keys[-1]
    window = [k for k in keys[:-1] if starts[k] >= ends[last] - length]
    assert window_of(known, last, length) == [*window, last]
    before = [k for k in keys[:-1] if starts[k] >= starts[last] - length]
    assert history_of(known, last, length) == (before or keys[:-1][-1:])


@cache
def walked(every: str) -> tuple[Any, dict[str, datetime], dict[str, datetime]]:
    """A calendar with the start and end of each of its first partitions, told one by one."""
    begins = date(2011, 3, 5)
    known = calendar(every, start=begins, end=begins + (2 if every == "hour" else 900) * DAY)
    windows = {
        key: known.time_window_for_partition_key(key) for key in known.get_partition_keys()[:28]
    }
    return (
        known,
        {key: window.start for key, window in windows.items()},
        {key: window.end for key, window in windows.items()},
    )


def test_the_end_of_a_long_calendar_costs_no_walk_over_it() -> None:
    hours = calendar("hour", start=date(2000, 1, 1))
    started = time.perf_counter()
    assert len(window_of(hours, "2024-01-01-00:00", WEEK)) == 7 * 24
    # 210,000 hours, of which asking each for its window takes more than five seconds.
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    ("every", "length", "back"),
    [
        ("hour", WEEK, 168),
        ("day", WEEK, 7),
        ("day", timedelta(hours=36), 2),
        ("week", WEEK, 1),
        ("month", WEEK, 1),
        ("month", timedelta(days=365), 12),
    ],
)
def test_a_length_reaches_back_over_so_many_partitions(
    every: str, length: timedelta, back: int
) -> None:
    assert partitions_back(calendar(every), length) == back


def test_a_calendar_that_has_not_begun_still_says_how_far_a_length_reaches() -> None:
    tomorrow = datetime.now(UTC).date() + DAY
    assert partitions_back(calendar("hour", start=tomorrow), DAY) == 24


def hourly() -> Model:
    return Model(
        spec=ModelSpec.model_validate(flight_delay()),
        partitions=calendar("hour"),
        features=lambda events, lookups, history: events,
        lookback=2 * DAY,
        lineage={},
        inputs={},
        preprocess_module="",
        contracts={},
    )


def mapping(made: AssetsDefinition, upstream: Any) -> TimeWindowPartitionMapping:
    found = made.get_partition_mapping(upstream)
    assert isinstance(found, TimeWindowPartitionMapping)
    return found


def test_hourly_performance_follows_the_labels_of_all_days_of_its_window() -> None:
    model = hourly()
    labels = mapping(performance_asset(model), model.key(names.LABELS))
    assert labels.start_offset == 1 - 7 * 24


def test_hourly_features_look_back_days_and_not_as_many_hours() -> None:
    features = features_asset(hourly())
    [labels] = [key for key in features.dependency_keys if key.path[0] == "outcomes"]
    found = mapping(features, labels)
    assert (found.start_offset, found.end_offset) == (-48, -1)
