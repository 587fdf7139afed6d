"""The three kinds of input column a model can take: numbers, text, times."""

from enum import StrEnum
from functools import cache

from ml_platform.core.errors import ConfigError

TEXT_LIMIT = 4096
"""Characters in one text that a request may hold."""


class ColumnKind(StrEnum):
    """What the values of an input column are, whatever their width."""

    NUMBER = "number"
    TEXT = "text"
    TIME = "time"


_PREFIXES = {
    ColumnKind.NUMBER: ("float", "int", "uint", "bool", "double", "long", "short", "byte"),
    ColumnKind.TEXT: ("str", "object"),
    ColumnKind.TIME: ("datetime", "timestamp", "date"),
}


@cache
def column_kind(dtype: str) -> ColumnKind:
    """Return the kind of a declared dtype.

    Raises:
        ConfigError: a model cannot take such a column.

    >>> [column_kind(dtype).value for dtype in ("int64", "string", "datetime64[us]")]
    ['number', 'text', 'time']
    """
    for kind, prefixes in _PREFIXES.items():
        if dtype.lower().startswith(prefixes):
            return kind
    raise ConfigError(
        f'a model cannot take a column of type "{dtype}"; '
        "declare float64, int64, bool, string or datetime64[us]"
    )
