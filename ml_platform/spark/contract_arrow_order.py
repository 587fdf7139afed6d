"""Checks of numbers, dates, timestamps and truth values, on numpy arrays in Spark's order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from pyspark.sql import types as T

Fails = Callable[..., np.ndarray]
Read = Callable[[pa.Array], np.ndarray]

_SMALL = (T.ByteType, T.ShortType, T.IntegerType)
_WHOLE = (*_SMALL, T.LongType)
_NUMBERS = (*_WHOLE, T.FloatType, T.DoubleType)
# Up to here a float, like a double, holds every whole number.
_EXACT_IN_FLOAT = 2**24
_LONG = range(-(2**63), 2**63)
_EPOCH = date(1970, 1, 1)
# An earlier moment reaches Spark through Java's old calendars, which shift it.
_OLDEST_MOMENT = datetime(1900, 1, 2, tzinfo=UTC)


def order_condition(
    check: str, arguments: Mapping[str, Any], dtype: T.DataType
) -> Callable[[pa.Array], np.ndarray] | None:
    """See ``contract_arrow.arrow_condition``."""
    if check not in _FAILS:
        return None
    given = {name: each for name, each in arguments.items() if not name.startswith("include_")}
    scale = _scale(dtype, [value for each in given.values() for value in _values(each)])
    if scale is None:
        return None
    read, position = scale
    limits = {
        name: [position(value) for value in _values(each)] if _is_list(each) else position(each)
        for name, each in given.items()
    }
    return partial(_fails, read, partial(_FAILS[check], **{**arguments, **limits}))


def _fails(read: Read, fails: Fails, values: pa.Array) -> np.ndarray:
    return fails(read(values))


def _is_list(given: Any) -> bool:
    return isinstance(given, Iterable) and not isinstance(given, str | bytes)


def _values(given: Any) -> list[Any]:
    """The values to compare with; null is in no list, as in ``contract_checks``."""
    return [each for each in given if each is not None] if _is_list(given) else [given]


def _scale(
    dtype: T.DataType, values: Sequence[Any]
) -> tuple[Read, Callable[[Any], int | float]] | None:
    """How a column's values and those given become numbers that compare as Spark compares them.

    None where Spark would convert one of the two sides first.
    """
    kinds = {type(each) for each in values}
    if isinstance(dtype, T.BooleanType) and kinds <= {bool}:
        return _as_stored, bool
    if isinstance(dtype, T.DateType) and kinds <= {date}:
        return _days, _day
    if isinstance(dtype, T.TimestampType) and kinds <= {datetime}:
        return (_micros, T.TimestampType().toInternal) if all(map(_is_recent, values)) else None
    if isinstance(dtype, _NUMBERS) and kinds <= {int, float}:
        return _number_scale(dtype, [each for each in values if type(each) is int], float in kinds)
    return None


def _number_scale(
    dtype: T.DataType, whole: Sequence[int], fractions: bool
) -> tuple[Read, Callable[[Any], int | float]] | None:
    if not all(each in _LONG for each in whole):
        return None
    if isinstance(dtype, _WHOLE) and not fractions:
        return _as_stored, int
    # Spark compares a float with a whole number as floats, and a long with one as longs.
    in_doubles = isinstance(dtype, T.DoubleType) or not whole
    exact = all(abs(each) <= _EXACT_IN_FLOAT for each in whole)
    if in_doubles or (exact and isinstance(dtype, (*_SMALL, T.FloatType))):
        return _as_doubles, float
    return None


def _as_stored(values: pa.Array) -> np.ndarray:
    return np.asarray(values.to_numpy(zero_copy_only=False))


def _as_doubles(values: pa.Array) -> np.ndarray:
    return _as_stored(values).astype(np.float64, copy=False)


def _days(values: pa.Array) -> np.ndarray:
    return _as_stored(values.cast(pa.int32()))


def _micros(values: pa.Array) -> np.ndarray:
    return _as_stored(values.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()))


def _day(day: date) -> int:
    return (day - _EPOCH).days


def _is_recent(moment: datetime) -> bool:
    return moment.astimezone(UTC) >= _OLDEST_MOMENT


# --- Spark's order: NaN equals itself and lies above everything else -------------------------


def _below(values: np.ndarray, limit: float) -> np.ndarray:
    return np.asarray(~np.isnan(values) if limit != limit else values < limit)


def _up_to(values: np.ndarray, limit: float) -> np.ndarray:
    return np.asarray(np.ones(len(values), dtype=bool) if limit != limit else values <= limit)


def _same(values: np.ndarray, value: float) -> np.ndarray:
    return np.asarray(np.isnan(values) if value != value else values == value)


def _among(values: np.ndarray, listed: Sequence[float]) -> np.ndarray:
    found = np.isin(values, np.array(listed))
    return found | np.isnan(values) if any(each != each for each in listed) else found


def _outside(
    values: np.ndarray, min_value: float, max_value: float, include_min: bool, include_max: bool
) -> np.ndarray:
    too_low = _below(values, min_value) if include_min else _up_to(values, min_value)
    low_enough = _up_to(values, max_value) if include_max else _below(values, max_value)
    return too_low | ~low_enough


_FAILS: dict[str, Fails] = {
    "equal_to": lambda v, value: ~_same(v, value),
    "not_equal_to": _same,
    "greater_than": lambda v, min_value: _up_to(v, min_value),
    "greater_than_or_equal_to": lambda v, min_value: _below(v, min_value),
    "less_than": lambda v, max_value: ~_below(v, max_value),
    "less_than_or_equal_to": lambda v, max_value: ~_up_to(v, max_value),
    "in_range": _outside,
    "isin": lambda v, allowed_values: ~_among(v, allowed_values),
    "notin": lambda v, forbidden_values: _among(v, forbidden_values),
}
