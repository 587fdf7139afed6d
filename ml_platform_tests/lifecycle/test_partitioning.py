"""Dagster's partitions are those of the calendar, and dependencies reach as far as it counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from dagster import AssetsDefinition, TimeWindowPartitionMapping
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ml_platform.core import names
from ml_platform.core.ingestion.calendar import SHORTEST, Calendar
from ml_platform.core.model_spec import ModelSpec
from ml_platform.lifecycle.features import features_asset
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partitioning import partitions_of
from ml_platform.lifecycle.performance import performance_asset
from ml_platform_tests.core.test_model_spec import flight_delay

DAY = timedelta(days=1)
# Clocks are changed at one, two, three or midnight, by one hour or two, or a day is left out.
ZONES = [
    "UTC",
    "Africa/Cairo",
    "America/Havana",
    "America/New_York",
    "America/Sao_Paulo",
    "Antarctica/Troll",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Europe/Berlin",
    "Pacific/Apia",
]
STRETCH: dict[Any, timedelta] = {
    "hour": 4 * DAY,
    "day": 60 * DAY,
    "week": 200 * DAY,
    "month": 400 * DAY,
}


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    every: Any = draw(st.sampled_from(list(STRETCH)))
    zones = ZONES if every == "hour" else [*ZONES, "Australia/Lord_Howe"]
    minutes = draw(st.integers(0, SHORTEST[every] // timedelta(minutes=1) - 1))
    if draw(st.booleans()):
        minutes = minutes // 60 * 60
    start = draw(st.dates(date(2010, 1, 1), date(2026, 12, 31)))
    end = draw(st.none() | st.integers(1, STRETCH[every] // DAY))
    made = Calendar(
        every,
        start,
        None if end is None else start + end * DAY,
        draw(st.sampled_from(zones)),
        timedelta(minutes=minutes),
    )
    # What has no partition at all is refused when declared; Dagster makes one of it.
    assume(made.end_at is None or made.partitions(made.end_at))
    return made


@settings(max_examples=150, deadline=None)
@given(calendars(), st.data())
def test_dagster_has_the_same_partitions_at_any_moment(
    calendar: Calendar, data: st.DataObject
) -> None:
    seconds = data.draw(st.integers(-100, int(STRETCH[calendar.every].total_seconds())))
    now = calendar.start_at + timedelta(seconds=seconds)
    dagster = partitions_of(calendar)

    keys = calendar.partitions(now)

    assert keys == list(dagster.get_partition_keys(current_time=now))
    assert calendar.latest(now) == (keys[-1] if keys else None)
    assert calendar.partition_at(now) == dagster.get_partition_key_for_timestamp(now.timestamp())
    for key in keys[-30:]:
        window, own = dagster.time_window_for_partition_key(key), calendar.window(key)
        assert (window.start.astimezone(UTC), window.end.astimezone(UTC)) == (own.begin, own.end)


@pytest.mark.parametrize("hour", [0, 1, 2, 3, 23])
@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Berlin", "America/Sao_Paulo"])
def test_days_that_begin_while_clocks_are_changed_are_dagsters(zone: str, hour: int) -> None:
    calendar = Calendar("day", date(2013, 1, 1), None, zone, timedelta(hours=hour, minutes=30))
    dagster = partitions_of(calendar)
    now = datetime(2014, 1, 5, tzinfo=UTC)

    keys = calendar.partitions(now)

    assert keys == list(dagster.get_partition_keys(current_time=now))
    found = [calendar.window(key) for key in keys]
    theirs = [dagster.time_window_for_partition_key(key) for key in keys]
    assert [(w.begin, w.end) for w in found] == [
        (w.start.astimezone(UTC), w.end.astimezone(UTC)) for w in theirs
    ]
    assert {w.length for w in found} > {24 * timedelta(hours=1)}


def hourly() -> Model:
    return Model(
        spec=ModelSpec.model_validate(flight_delay()),
        calendar=Calendar("hour", date(2013, 1, 1)),
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
