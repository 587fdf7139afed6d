"""An answered request lies in the partition of its event, as a batch of that time would."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.source_spec import Partitions
from ml_platform.lifecycle.event_partition import event_partition

NOW = datetime(2026, 5, 6, 7, 8, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(2013, 1, 1), datetime(2013, 12, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("every", "partition"),
    [
        ("hour", "2013-05-03-07:00"),
        ("day", "2013-05-03"),
        ("week", "2013-04-28"),
        ("month", "2013-05-01"),
    ],
)
def test_each_calendar_has_its_own_key(every: str, partition: str) -> None:
    calendar = Partitions.model_validate({"every": every, "start": "2013-01-01"}).calendar

    event = datetime(2013, 5, 3, 7, 59, 59, tzinfo=UTC)
    assert event_partition(calendar)(event, NOW) == partition


@given(MOMENTS)
def test_an_event_lies_within_the_window_of_its_partition(event: datetime) -> None:
    calendar = Calendar("day", date(2013, 1, 1))

    window = calendar.window(event_partition(calendar)(event, NOW))

    assert window.begin <= event < window.end


def test_an_event_outside_the_declared_calendar_lies_with_its_receipt() -> None:
    spec = {"every": "day", "start": "2013-01-01", "end": "2013-12-31"}
    partition_of = event_partition(Partitions.model_validate(spec).calendar)

    for event in (None, datetime(2012, 12, 31, tzinfo=UTC), datetime(2013, 12, 31, tzinfo=UTC)):
        assert partition_of(event, NOW) == "2026-05-06"
    assert partition_of(datetime(2013, 12, 30, 23, tzinfo=UTC), NOW) == "2013-12-30"


@pytest.mark.parametrize("every", ["hour", "day", "week", "month"])
def test_an_event_of_the_last_year_there_is_lies_with_its_receipt(every: str) -> None:
    calendar = Partitions.model_validate({"every": every, "start": "2013-01-01"}).calendar
    partition_of = event_partition(calendar)

    for event in (datetime.max.replace(tzinfo=UTC), datetime(2036, 6, 1, tzinfo=UTC)):
        assert partition_of(event, NOW) == partition_of(None, NOW)
    ahead = datetime(2027, 5, 6, tzinfo=UTC)
    assert partition_of(ahead, NOW) == calendar.partition_at(ahead)
