"""The values of a Parquet column as text from which the same values can be read again."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

# Every whole number up to here is a double of its own.
_EXACT = 2.0**53


def texts_of(column: pa.Array) -> pa.Array:
    """A column as text, null where it is null.

    Whole doubles are written without a point or an exponent while they are exact; timestamps in
    UTC, with as many digits of a second as they have; bytes that are no UTF-8 in base64; lists and
    structs as JSON.

    >>> texts_of(pa.array([1234567890123456.0, 0.1, None])).to_pylist()
    ['1234567890123456', '0.1', None]
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        return texts_of(column.dictionary_decode())
    for belongs, convert in _CONVERSIONS:
        if belongs(kind):
            return convert(column)
    try:
        return column.cast(pa.string())
    except pa.ArrowException:
        return _json(column)


def _fraction(column: pa.Array) -> pa.Array:
    if pa.types.is_float16(column.type):
        column = column.cast(pa.float32())
    wide = column.cast(pa.float64())
    whole = pc.and_(pc.equal(wide, pc.floor(wide)), pc.less_equal(pc.abs(wide), _EXACT))
    exact = pc.if_else(whole, wide, None).cast(pa.int64()).cast(pa.string())
    return pc.if_else(pc.fill_null(whole, False), exact, column.cast(pa.string()))


def _timestamp(column: pa.Array) -> pa.Array:
    text = column.cast(pa.timestamp(column.type.unit)).cast(pa.string())
    has_fraction = column.type.unit != "s"
    return pc.replace_substring_regex(text, r"\.?0+$", "") if has_fraction else text


def _string(column: pa.Array) -> pa.Array:
    """Text, whose bytes nobody has looked at yet."""
    content = column.cast(pa.string()).cast(pa.binary())
    try:
        return content.cast(pa.string())
    except pa.ArrowInvalid:
        values = content.to_pylist()
        return pa.array([v if v is None else v.decode(errors="replace") for v in values])


def _binary(column: pa.Array) -> pa.Array:
    try:
        return column.cast(pa.binary()).cast(pa.string())
    except pa.ArrowInvalid:
        return pa.array([_text_of_bytes(value) for value in column.to_pylist()], pa.string())


def _text_of_bytes(value: bytes | None) -> str | None:
    if value is None:
        return None
    try:
        return value.decode()
    except UnicodeDecodeError:
        return base64.b64encode(value).decode()


def _json(column: pa.Array) -> pa.Array:
    values = (None if value is None else _json_text(value) for value in column.to_pylist())
    return pa.array(values, pa.string())


def _json_text(value: Any) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False, separators=(",", ":"))


def _plain(value: Any) -> str | None:
    return _text_of_bytes(value) if isinstance(value, bytes) else str(value)


def _is_text(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    )


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        pa.types.is_binary(kind)
        or pa.types.is_large_binary(kind)
        or pa.types.is_fixed_size_binary(kind)
        or pa.types.is_binary_view(kind)
    )


_CONVERSIONS: tuple[tuple[Callable[[pa.DataType], bool], Callable[[pa.Array], pa.Array]], ...] = (
    (_is_text, _string),
    (pa.types.is_floating, _fraction),
    (pa.types.is_timestamp, _timestamp),
    (_is_bytes, _binary),
    (pa.types.is_nested, _json),
)
