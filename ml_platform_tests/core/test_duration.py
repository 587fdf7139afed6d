from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.duration import LONGEST, format_duration, parse_duration
from ml_platform.core.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("1 minute", timedelta(minutes=1)),
        ("36 hours", timedelta(hours=36)),
        ("7 days", timedelta(days=7)),
        (" 2 Weeks ", timedelta(weeks=2)),
    ],
)
def test_a_length_of_time_is_read(text: str, length: timedelta) -> None:
    assert parse_duration(text) == length


@pytest.mark.parametrize(
    "text", ["", "7", "days", "7 dais", "1.5 days", "-1 day", "9" * 9 + " days"]
)
def test_what_is_not_a_length_of_time_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ConfigError, match=r'such as "7 days"'):
        parse_duration(text)


@pytest.mark.parametrize("text", ["0 days", "99999999 weeks"])
def test_nothing_and_centuries_are_refused(text: str) -> None:
    with pytest.raises(ConfigError, match="no usable length of time"):
        parse_duration(text)


@given(st.integers(min_value=1, max_value=LONGEST // timedelta(minutes=1)))
def test_what_is_written_is_read_back(minutes: int) -> None:
    length = timedelta(minutes=minutes)
    assert parse_duration(format_duration(length)) == length


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=90), timedelta(days=-1)])
def test_what_no_whole_minutes_can_say_is_not_written(length: timedelta) -> None:
    with pytest.raises(ValueError, match="whole number of minutes"):
        format_duration(length)
