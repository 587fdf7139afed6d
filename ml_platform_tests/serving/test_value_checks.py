"""A value is what it should be, or refused with what was expected."""

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.column_kind import TEXT_LIMIT
from ml_platform.serving.value_checks import (
    boolean,
    number,
    scalar,
    shown,
    text,
    time,
    whole_number,
)

CHECKS = [number, whole_number(-10, 10), boolean, text, time, scalar]
NESTED: list[Any] = [[], [1], {}, {"a": 1}]


@pytest.mark.parametrize("check", CHECKS)
def test_null_and_nan_are_missing_everywhere(check: Any) -> None:
    assert check(None) is None
    assert check(math.nan) is None


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("value", NESTED)
def test_nothing_nested_is_a_value(check: Any, value: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        check(value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_passes_bit_for_bit(value: float) -> None:
    assert number(value) == value
    assert math.copysign(1, number(value) or 0.0) == math.copysign(1, value) or value == 0


@given(st.integers(-(2**1000), 2**1000))
def test_a_whole_number_becomes_the_nearest_float64(value: int) -> None:
    assert number(value) == float(value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, 10**400, "1", True])
def test_what_is_no_finite_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="expected a"):
        number(value)


@pytest.mark.parametrize("value", [2.5, math.inf, "1", True, 11, -11, 10**400])
def test_what_is_no_whole_number_within_the_bounds_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="expected a whole number"):
        whole_number(-10, 10)(value)


@pytest.mark.parametrize("value", [-10, 10, 3.0, -0.0])
def test_a_whole_number_may_be_written_with_a_point(value: Any) -> None:
    checked = whole_number(-10, 10)(value)
    assert checked == value
    assert type(checked) is int


@pytest.mark.parametrize(
    ("value", "truth"), [(True, True), (False, False), (1, True), (0.0, False)]
)
def test_one_and_zero_are_booleans_too(value: Any, truth: bool) -> None:
    assert boolean(value) is truth


@pytest.mark.parametrize("value", [2, -1, 0.5, "true"])
def test_nothing_else_is_a_boolean(value: Any) -> None:
    with pytest.raises(ValueError, match="expected true or false"):
        boolean(value)


def test_a_text_may_be_empty_and_as_long_as_the_limit() -> None:
    assert text("") == ""
    assert text("x" * TEXT_LIMIT) == "x" * TEXT_LIMIT
    with pytest.raises(ValueError, match="at most 4096 characters, got 4097"):
        text("x" * (TEXT_LIMIT + 1))


@pytest.mark.parametrize("value", [1, 1.5, True])
def test_a_number_is_no_text(value: Any) -> None:
    with pytest.raises(ValueError, match="expected a text"):
        text(value)


zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones))
def test_a_time_with_a_zone_becomes_utc(moment: datetime) -> None:
    expected = moment.astimezone(UTC).replace(tzinfo=None).isoformat()
    assert time(moment.isoformat()) == expected


def test_a_missing_time_may_be_written_as_pandas_writes_it() -> None:
    assert time("NaT") is None
    with pytest.raises(ValueError, match="expected a time"):
        time("nat")


@given(st.datetimes())
def test_a_time_without_a_zone_is_utc(moment: datetime) -> None:
    assert time(moment.isoformat()) == moment.isoformat()


@pytest.mark.parametrize(
    "value",
    [
        *("2013-02-30", "2013-13-01", "0000-01-01", "2013-01-01T24:01:00", "2013-01-01T10:00:60"),
        *("0001-01-01T00:00:00+23:00", "9999-12-31T23:59:59-01:00", "2013-01-01T10:00+24:00"),
        *("20130101", "2013-W01-1", "yesterday", "", "2013-01-01\n", "2013-01-01T10"),
        *("2013-01-01T10:00:00.1234567", "\u0662013-01-01", 1357000000, 1.5, True),
    ],
)
def test_what_is_no_time_on_the_calendar_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"expected a time|not a time on"):
        time(value)


@pytest.mark.parametrize("value", ["a", 1.5, True, 2**63 - 1, -(2**63)])
def test_a_logged_value_of_unknown_dtype_stays_as_it_is(value: Any) -> None:
    assert scalar(value) is value


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 2.0**63, math.inf, "x" * (TEXT_LIMIT + 1)])
def test_what_no_log_can_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        scalar(value)


def test_a_refused_value_is_named_short() -> None:
    assert shown("x" * 100) == f'the text "{"x" * 40}..."'
    assert shown(10**400) == "a whole number"
