"""The kinds of value a declaration is made of: names, shares, counts, durations."""

import re
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from ml_platform.core.duration import format_duration, parse_duration
from ml_platform.core.errors import ConfigError
from ml_platform.core.names import LEDGER

# Names become folders, table names, asset keys and URL parts: the one spelling fits them all.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_COLUMN = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,127}")
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")
_OWNER = re.compile(r"team:[\w .-]+|[^@\s:]+@[^@\s:]+\.[^@\s:]+")


def _name(text: str) -> str:
    if not _NAME.fullmatch(text):
        raise ValueError(
            f'given "{text}"; a name is small letters, digits and _ and begins with a letter'
        )
    return text


def _lake_name(text: str) -> str:
    if text == LEDGER:
        raise ValueError(f'given "{text}"; the platform keeps a table of its own under that name')
    return text


def _column(text: str) -> str:
    if not _COLUMN.fullmatch(text):
        raise ValueError(
            f'given "{text}"; a column is letters, digits and _ and begins with a letter'
        )
    return text


def _module(text: str) -> str:
    if not _MODULE.fullmatch(text):
        raise ValueError(f'given "{text}"; expected a Python name such as "features"')
    return text


def _owner(text: str) -> str:
    if not _OWNER.fullmatch(text):
        raise ValueError(f'given "{text}"; an owner is an e-mail address or "team:<name>"')
    return text


def distinct(items: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a list that names something twice; raises ValueError saying what."""
    twice = [item for item in dict.fromkeys(items) if items.count(item) > 1]
    if twice:
        raise ValueError(f"{', '.join(twice)} is listed more than once")
    return items


def read_duration(given: Any) -> Any:
    """Read a length of time from YAML text; raises ValueError with an example to follow."""
    if isinstance(given, timedelta):
        return given
    try:
        return parse_duration(str(given))
    except ConfigError as error:
        raise ValueError(str(error)) from None


def _window(given: Any) -> Any:
    return given if given == "all" else read_duration(given)


def write_duration(length: timedelta | str) -> str:
    """Write a length of time, or leave the word that stands in its place."""
    return length if isinstance(length, str) else format_duration(length)


Name = Annotated[str, AfterValidator(_name)]
# Of a source or a model: a folder of the lake that holds its tables.
LakeName = Annotated[Name, AfterValidator(_lake_name)]
Column = Annotated[str, AfterValidator(_column)]
Module = Annotated[str, AfterValidator(_module)]
Owner = Annotated[str, AfterValidator(_owner)]
Names = Annotated[tuple[Name, ...], AfterValidator(distinct)]
Columns = Annotated[tuple[Column, ...], AfterValidator(distinct)]

# Strict: YAML's `yes` is a boolean, and pydantic would otherwise take it for the number 1.
Count = Annotated[int, Field(strict=True, ge=1)]
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Positive = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]

Duration = Annotated[
    timedelta,
    BeforeValidator(read_duration),
    PlainSerializer(format_duration, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["7 days"]}),
]
Window = Annotated[
    timedelta | Literal["all"],
    BeforeValidator(_window),
    PlainSerializer(write_duration, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["all", "8 weeks"]}),
]
