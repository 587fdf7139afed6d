"""What one value of a request must be.

Each check takes a JSON value and returns the one form in which it goes on, or raises ValueError
with what was expected. Missing is None; NaN, which JSON has no word for and clients write all the
same, is missing too. No check reads a number from text or text from a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from ml_platform.core.column_kind import TEXT_LIMIT

TIME_PATTERN = (
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
    r"([T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?)?"
)
"""How a time is written, ISO 8601; which of these are on the calendar no pattern can say."""

_is_time = re.compile(TIME_PATTERN).fullmatch


def number(value: Any) -> float | None:
    """Return a finite number as the nearest float64.

    >>> number(7), number(0.1), number(float("nan"))
    (7.0, 0.1, None)
    """
    kind = type(value)
    if kind is float:
        if isfinite(value):
            return value
        if value != value:
            return None
        raise ValueError(f"expected a finite number, got {value}")
    if value is None:
        return None
    if kind is int:
        return _float_of(value)
    raise ValueError(f"expected a number, got {shown(value)}")


def _float_of(value: int) -> float:
    try:
        return float(value)
    except OverflowError:
        raise ValueError("expected a finite number, got one beyond float64") from None


def whole_number(least: int, greatest: int) -> Callable[[Any], int | None]:
    """Return the check of whole numbers from `least` to `greatest`.

    1745.0 is one, as clients write it where a column has gaps; 1745.5 is not.

    >>> whole_number(0, 2400)(1745.0)
    1745
    """

    def check(value: Any) -> int | None:
        kind = type(value)
        if kind is float and value.is_integer():
            value, kind = int(value), int
        if kind is int:
            if least <= value <= greatest:
                return value
            raise ValueError(f"expected a whole number from {least} to {greatest}")
        if value is None or value != value:
            return None
        raise ValueError(f"expected a whole number, got {shown(value)}")

    return check


def boolean(value: Any) -> bool | None:
    """Return true or false; 1 and 0 are read as such."""
    if value is None or value != value:
        return None
    if type(value) in (bool, int, float) and value in (0, 1):
        return bool(value)
    raise ValueError(f"expected true or false, got {shown(value)}")


def text(value: Any) -> str | None:
    """Return a text of at most `TEXT_LIMIT` characters as it is."""
    if type(value) is str:
        if len(value) <= TEXT_LIMIT:
            return value
        raise ValueError(f"expected at most {TEXT_LIMIT} characters, got {len(value)}")
    if value is None or value != value:
        return None
    raise ValueError(f"expected a text, got {shown(value)}")


def time(value: Any) -> str | None:
    """Return a time as ISO text in UTC, without its zone; a time without a zone is UTC.

    "NaT" is missing: it is what pandas, and so MLflow's client, writes for a missing time.

    >>> time("2013-01-01T05:00+01:00"), time("2013-01-07")
    ('2013-01-01T04:00:00', '2013-01-07T00:00:00')
    """
    if value is None or value != value or value == "NaT":
        return None
    if type(value) is not str or not _is_time(value):
        raise ValueError(f"expected a time such as 2013-01-07T05:00:00, got {shown(value)}")
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise ValueError(f"{shown(value)} is not a time on the calendar") from None
    return moment.isoformat()


def scalar(value: Any) -> str | float | int | bool | None:
    """Return any single value: of columns that are logged only, whose dtype is not known."""
    if value is None or value != value:
        return None
    kind = type(value)
    if kind is str:
        return text(value)
    if kind not in (int, float, bool):
        raise ValueError(f"expected a single value, got {shown(value)}")
    if not -(2**63) <= value < 2**63:
        raise ValueError("expected a number within 64 bits")
    return value


def shown(value: Any) -> str:
    """Return how a refused value is named to its sender, cut short.

    >>> shown("abc"), shown(True), shown([1]), shown(1e300)
    ('the text "abc"', 'true', 'a list', '1e+300')
    """
    if isinstance(value, str):
        return f'the text "{value[:40]}{"..." if len(value) > 40 else ""}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, dict):
        return "an object"
    return str(value) if isinstance(value, float) else "a whole number"
