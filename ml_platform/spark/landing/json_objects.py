"""A line of JSON as the texts of its fields, each value as it is written."""

from __future__ import annotations

import json
from json.decoder import WHITESPACE, scanstring  # type: ignore[attr-defined]
from typing import Any, cast

from ml_platform.core.errors import LandingError


class _Pairs(list[tuple[str, Any]]):
    """The fields of an object, a key that is there twice included."""


# Numbers stay the text they are: 1.50 is not 1.5, and 20240310.0 not 2.024031E7.
_DECODER = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_float=str, parse_int=str, parse_constant=str
)


def fields_of(line: str) -> dict[str, str | None]:
    """Fields of the object on a line: texts without their quotes, all else as it is written.

    Raises:
        LandingError: it is not one JSON object, or a key is there twice.

    >>> fields_of('{"price": 1.50, "day": 20240310.0, "late": true, "gate": {"t": 4}}')
    {'price': '1.50', 'day': '20240310.0', 'late': 'true', 'gate': '{"t": 4}'}
    """
    try:
        pairs = _DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        raise LandingError(f"it is not JSON: {error}") from error
    if not isinstance(pairs, _Pairs):
        raise LandingError("it is not a JSON object")
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise LandingError("a key is there twice")
    nested = any(isinstance(value, list) for value in fields.values())
    slices = _slices(line) if nested else {}
    return {key: slices.get(key, _text(value)) for key, value in fields.items()}


def _text(value: Any) -> str | None:
    if value is True or value is False:
        return "true" if value else "false"
    return cast("str | None", value)


def _slices(line: str) -> dict[str, str]:
    """The text of each list and object among the fields of a sound object."""
    found: dict[str, str] = {}
    at = _past_blanks(line, _past_blanks(line, 0) + 1)
    while line[at] != "}":
        key, at = scanstring(line, at + 1, True)
        start = _past_blanks(line, _past_blanks(line, at) + 1)
        value, end = _DECODER.raw_decode(line, start)
        if isinstance(value, list):
            found[key] = line[start:end]
        at = _past_blanks(line, end)
        if line[at] == ",":
            at = _past_blanks(line, at + 1)
    return found


def _past_blanks(line: str, at: int) -> int:
    return cast(int, WHITESPACE.match(line, at).end())
