"""Values as a client sent them, in the type that the lake has for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa


def typed_column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values in a type of the lake; one that has no such meaning becomes null.

    A day of a moment is its day in UTC.

    Nothing is refused here: the answer was given, and its row must reach the log. What became null
    is kept as it was sent, see `as_sent`.

    Args:
        values: numbers, text, truth values or None.
        kind: text, a number, a truth value, a date or a timestamp.
    """
    # Arrow would cut 3.5 down to 3, and count days or microseconds where it is given a number.
    if not pa.types.is_temporal(kind) and not (
        pa.types.is_integer(kind) and float in set(map(type, values))
    ):
        with suppress(pa.ArrowException, TypeError, ValueError, OverflowError):
            return pa.array(values, kind)
    return pa.array([_typed(value, kind) for value in values], kind)


def _typed(value: Any, kind: pa.DataType) -> Any:
    if value is None:
        return None
    try:
        meant = _meaning(kind)(value)
        pa.scalar(meant, kind)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return None
    return meant


def _meaning(kind: pa.DataType) -> Callable[[Any], Any]:
    if pa.types.is_string(kind):
        return str
    if pa.types.is_integer(kind):
        return _whole
    if pa.types.is_floating(kind):
        return float
    if pa.types.is_date(kind):
        return _day
    if pa.types.is_timestamp(kind):
        return _instant
    return _truth


def _whole(value: Any) -> int:
    whole = int(value)
    if not isinstance(value, str) and whole != value:
        raise ValueError(value)
    return whole


def _day(value: Any) -> date:
    return _instant(value).date()


def _instant(value: Any) -> datetime:
    """A moment of ISO 8601; without a zone it is UTC."""
    moment = datetime.fromisoformat(value)
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(value)
    return value
