"""Each partition of each calendar has a file name of its own, and what has another is foreign."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.ingestion.landing_names import LandingNames
from ml_platform.core.source_spec import SourceSpec

NEW_YORK = "America/New_York"


def names(path: str, every: Any, zone: str = "UTC", **other: Any) -> LandingNames:
    return LandingNames(path, Calendar(every, date(2013, 1, 1), None, zone, **other))


def declared(path: str, **partitions: Any) -> SourceSpec:
    return SourceSpec.model_validate(
        {
            "name": "orders",
            "landing": {"format": "csv", "path": path},
            "partitions": {"start": "2013-01-01"} | partitions,
            "contract": "contract.Orders",
        }
    )


@pytest.mark.parametrize(
    ("path", "every", "partition", "name"),
    [
        ("orders/{partition}.csv", "hour", "2013-01-07-05:00", "orders/2013-01-07-05.csv"),
        ("orders/{partition}.csv", "day", "2013-01-07", "orders/2013-01-07.csv"),
        ("orders/{partition}.csv", "week", "2013-01-06", "orders/2013-01-06.csv"),
        ("orders/{partition}.csv", "month", "2013-02-01", "orders/2013-02-01.csv"),
        ("orders/{partition:%Y%m%d%H}.csv", "hour", "2013-01-07-05:00", "orders/2013010705.csv"),
        ("o/{partition:%Y/%m}/{partition:%d}.csv", "day", "2013-01-07", "o/2013/01/07.csv"),
        ("o/{partition:%Y-%m}.csv", "month", "2013-02-01", "o/2013-02.csv"),
        ("o/{partition:%Y-%j}.csv", "day", "2013-02-01", "o/2013-032.csv"),
        ("[o]/{partition}+{partition:%Y}.csv", "day", "2013-02-01", "[o]/2013-02-01+2013.csv"),
    ],
)
def test_a_partition_has_a_path_and_a_path_its_partition(
    tmp_path: Path, path: str, every: Any, partition: str, name: str
) -> None:
    made = names(path, every)

    assert made.path_of(partition) == name
    assert made.partition_of(name) == partition
    assert made.confusion() is None
    assert ":" not in name
    (tmp_path / name).parent.mkdir(parents=True)
    (tmp_path / name).touch()
    assert list(tmp_path.glob(made.glob)) == [tmp_path / name]


@pytest.mark.parametrize("offset", [timedelta(0), timedelta(minutes=15)])
def test_both_equal_hours_have_names_of_their_own(offset: timedelta) -> None:
    made = names("orders/{partition}.csv", "hour", NEW_YORK, offset=offset)
    end = made.calendar.partition_at(datetime(2013, 11, 3, 12, tzinfo=UTC))
    hours = made.calendar.keys_to(end, 12)

    paths = [made.path_of(hour) for hour in hours]

    assert len(set(paths)) == 12
    assert "orders/2013-11-03-01-0500.csv" in paths
    assert [made.partition_of(path) for path in paths] == hours


@given(
    st.sampled_from(["hour", "day", "week", "month"]),
    st.sampled_from(["UTC", NEW_YORK, "Asia/Kolkata", "America/Sao_Paulo"]),
    st.integers(0, 59),
    st.datetimes(datetime(2013, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),
)
def test_every_default_name_is_read_back(
    every: Any, zone: str, minutes: int, moment: datetime
) -> None:
    made = names("orders/{partition}.csv", every, zone, offset=timedelta(minutes=minutes))
    partition = made.calendar.partition_at(moment)

    assert made.partition_of(made.path_of(partition)) == partition


@pytest.mark.parametrize(
    "path",
    [
        "orders/notes.csv",
        "orders/2013-01-07.csv.tmp",
        "orders/2013-1-7.csv",
        "orders/2013-02-30.csv",
        "orders/2013-01-07-05.csv",
        "other/2013-01-07.csv",
        "orders/a/2013-01-07.csv",
        "orders/9999-12-31.csv",
        "orders/0001-01-01.csv",
    ],
)
def test_what_is_named_otherwise_is_of_no_partition(path: str) -> None:
    assert names("orders/{partition}.csv", "day").partition_of(path) is None


@pytest.mark.parametrize(
    ("path", "partitions", "shown"),
    [
        ("o/{partition:%Y-%m}.csv", {"every": "day"}, "the file of 2013-01-02 would be"),
        ("o/{partition:%Y-%m-%d}.csv", {"every": "hour"}, "2013-01-01-01:00 would be"),
        ("o/{partition:%d-%m}.csv", {"every": "day"}, 'the default is "{partition:%Y-%m-%d}"'),
        ("o/{partition:%Y-%m-%d-%I}.csv", {"every": "hour"}, "names no single hour of UTC"),
        ("o/{partition:%Q}.csv", {"every": "day"}, "names no single day"),
        (
            "o/{partition:%Y%m%d%H}.csv",
            {"every": "hour", "timezone": NEW_YORK},
            "with %z behind it where clocks change",
        ),
        ("o/{partition:../%Y-%m-%d}.csv", {"every": "day"}, "must stay below the landing root"),
        ("o/{partition:}.csv", {"every": "day"}, "it needs {partition}"),
        ("o/{partition}/{day}.csv", {"every": "day"}, "there is a stray {"),
    ],
)
def test_a_pattern_that_confuses_partitions_is_refused(
    path: str, partitions: dict[str, Any], shown: str
) -> None:
    with pytest.raises(ValidationError, match=f"(?i){re.escape(shown)}"):
        declared(path, **partitions)


def test_a_pattern_with_the_distance_from_utc_tells_all_hours_apart() -> None:
    made = declared("o/{partition:%Y%m%d%H%z}.csv", every="hour", timezone=NEW_YORK)

    assert made.landing_names.path_of("2013-11-03-01:00-0500") == "o/2013110301-0500.csv"


@pytest.mark.parametrize(
    ("partitions", "shown"),
    [
        ({"every": "none"}, "a table without partitions, replaced as a whole, is not supported"),
        ({"every": "day", "timezone": "Mars"}, '"Mars" is no time zone: expected an IANA name'),
        ({"every": "day", "offset": "24 hours"}, "offset: 1 day is not shorter than a day"),
        ({"every": "month", "offset": "28 days"}, "not shorter than a month, which has 28 days"),
        ({"every": "day", "offset": "soon"}, "is not a length of time"),
        ({"every": "hour", "timezone": "Australia/Lord_Howe"}, "changed by part of an hour"),
        ({"every": "month", "end": "2013-01-31"}, "end: no whole month lies between 2013-01-01"),
    ],
)
def test_a_calendar_that_cannot_be_is_refused(partitions: dict[str, Any], shown: str) -> None:
    with pytest.raises(ValidationError, match=re.escape(shown)):
        declared("o/{partition}.csv", **partitions)


def test_zone_and_offset_are_resolved_with_their_defaults() -> None:
    plain = declared("o/{partition}.csv", every="day")
    shop = declared("o/{partition}.csv", every="day", timezone=NEW_YORK, offset="360 minutes")

    assert plain.resolved()["partitions"]["offset"] == "0 minutes"
    assert shop.resolved()["partitions"] == {
        "every": "day",
        "start": "2013-01-01",
        "end": None,
        "timezone": NEW_YORK,
        "offset": "6 hours",
    }
    assert SourceSpec.model_validate(shop.resolved()) == shop
    assert SourceSpec.model_validate(plain.resolved()) == plain
    assert shop.partitions.calendar.begin("2013-01-01") == datetime(2013, 1, 1, 11, tzinfo=UTC)
