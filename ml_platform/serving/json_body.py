"""A JSON body read strictly (RFC 8259), with the one liberty that clients take.

NaN is read as null: Python's own encoder, MLflow's client and Triton's write it for a missing
number. Infinity is read and left to the contract, which names the column. Refused are duplicate
keys, of which a parser would silently keep one, lone surrogates and anything else that is no JSON.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import orjson

from ml_platform.serving.errors import InvalidRequest

_NESTED = (dict, list)


def read_object(body: bytes) -> dict[str, Any]:
    """Return the JSON object in `body`.

    Raises:
        InvalidRequest: 400, it is not JSON, not an object, or has a key twice.

    >>> read_object(b'{"a": [NaN, 1]}')
    {'a': [None, 1]}
    """
    try:
        document = _read(body)
    except RecursionError:
        raise InvalidRequest(400, None, "the body is nested too deeply") from None
    if type(document) is not dict:
        raise InvalidRequest(400, None, "the body is JSON, but not an object")
    return document


def _read(body: bytes) -> Any:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        return _read_with_odd_numbers(body, str(error))
    # Each key brings its colon, those that the parser dropped too: no more colons than keys, none
    # dropped. Where there are more, in texts or times, a slower parser has a look.
    if type(document) is dict and body.count(b":") != _keys(document):
        json.loads(body, object_pairs_hook=_object)
    return document


def _read_with_odd_numbers(body: bytes, first_error: str) -> Any:
    """Read NaN, Infinity and numbers beyond float64, which are what `first_error` may be about."""
    if not (b"NaN" in body or b"Infinity" in body or "infinity" in first_error):
        raise InvalidRequest(400, None, f"the body is not JSON: {first_error}")
    try:
        document = json.loads(
            body.decode(), object_pairs_hook=_object, parse_constant=_constant, parse_int=_whole
        )
        if b"\\u" in body:
            json.dumps(document, ensure_ascii=False).encode()
    except ValueError as error:
        raise InvalidRequest(400, None, f"the body is not JSON: {error}") from None
    return document


def _constant(written: str) -> float | None:
    return None if written == "NaN" else float(written)


def _whole(digits: str) -> int | float:
    # Python refuses to read very long ones; as float64 they are out of range.
    return int(digits) if len(digits) < 400 else float(digits)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = next(name for name, times in counted.items() if times > 1)
        raise InvalidRequest(400, twice[:100], "the key is in one object more than once")
    return made


def _keys(value: Any) -> int:
    """At most the number of keys in a parsed document: lists are judged by their first part."""
    if type(value) is dict:
        return len(value) + sum(_keys(part) for part in value.values() if type(part) in _NESTED)
    if value and type(value[0]) in _NESTED:
        return sum(_keys(part) for part in value if type(part) in _NESTED)
    return 0
