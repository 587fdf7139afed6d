"""pandera's built-in checks as Spark conditions.

Each condition is true where a value fails and null where there is no value, which counts as
passing: pandera's pyspark backend filters on ``~condition``, and a filter drops nulls.

Two built-in checks mean here what pandera documents, not what its pyspark backend (0.35) does:

- ``str_matches("a|b")`` must match at the start. The backend prepends ``^``, which binds to the
  first alternative only, so that ``"xb"`` passes there.
- ``isin([1, None])``: the backend compares with null, which is never false, so that nothing can
  fail. Whether null is allowed is said by ``nullable``; here it is left out of the list.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from pandera.api.checks import Check
from pandera.api.function_dispatch import Dispatcher
from pyspark.sql import Column
from pyspark.sql import functions as F
from pyspark.sql import types as T

Condition = Callable[[Column], Column]

_NUMBERS = (T.NumericType,)
_ORDERED = (*_NUMBERS, T.DateType, T.TimestampType)
_TEXT = (T.StringType,)
_LISTED = (*_ORDERED, *_TEXT, T.BinaryType)
_ANY = (*_LISTED, T.BooleanType)


def check_name(check: Check) -> str:
    """The check's name with its arguments, as pandera prints it: ``in_range(1, 9999)``."""
    return str(check.error or check.name)


def condition_of(check: Check) -> Condition | None:
    """The condition under which a value fails the check; None if it cannot be compiled.

    Only pandera's built-in checks of single values can: a function of a person's own, and
    ``unique_values_eq``, which speaks of the whole column, are left to pandera.
    """
    arguments = arguments_of(check)
    if arguments is None:
        return None
    violation, _ = _BUILT_IN[str(check.name)]

    def fails(value: Column) -> Column:
        return violation(value, **arguments)

    return fails


def arguments_of(check: Check) -> dict[str, Any] | None:
    """What a built-in check was declared with, by name; None for any other check."""
    return dict(check._check_kwargs) if _is_built_in(check) else None


def applies_to(check: Check, dtype: T.DataType) -> bool:
    """Whether pandera lets the built-in check be declared for a column of this type."""
    return not _is_built_in(check) or isinstance(dtype, _BUILT_IN[str(check.name)][1])


def _is_built_in(check: Check) -> bool:
    # A function of a person's own may carry the name of a built-in check, but is no dispatcher.
    return check.name in _BUILT_IN and isinstance(check._check_fn, Dispatcher)


def _in_range(
    value: Column, min_value: Any, max_value: Any, include_min: bool, include_max: bool
) -> Column:
    above: Column = value >= min_value if include_min else value > min_value
    below: Column = value <= max_value if include_max else value < max_value
    return ~(above & below)


def _isin(value: Column, allowed_values: Iterable[Any]) -> Column:
    return ~value.isin([allowed for allowed in allowed_values if allowed is not None])


def _notin(value: Column, forbidden_values: Iterable[Any]) -> Column:
    return value.isin([forbidden for forbidden in forbidden_values if forbidden is not None])


def _str_matches(value: Column, pattern: str | re.Pattern[str]) -> Column:
    return ~value.rlike(f"^(?:{_regex(pattern)})")


def _str_contains(value: Column, pattern: str | re.Pattern[str]) -> Column:
    regex = _regex(pattern)
    # Letters and digits stand for themselves, and are found much faster than a pattern.
    plain = regex.isascii() and regex.isalnum() and isinstance(pattern, str)
    return ~(value.contains(regex) if plain else value.rlike(regex))


def _regex(pattern: str | re.Pattern[str]) -> str:
    return pattern.pattern if isinstance(pattern, re.Pattern) else pattern


def _str_length(
    value: Column,
    min_value: int | None = None,
    max_value: int | None = None,
    exact_value: int | None = None,
) -> Column:
    length = F.length(value)
    if exact_value is not None:
        return ~(length == exact_value)
    too_short = F.lit(False) if min_value is None else length < min_value
    too_long = F.lit(False) if max_value is None else length > max_value
    return too_short | too_long


_BUILT_IN: dict[str, tuple[Callable[..., Column], tuple[type, ...]]] = {
    "equal_to": (lambda v, value: v != value, _ANY),
    "not_equal_to": (lambda v, value: v == value, _ANY),
    "greater_than": (lambda v, min_value: ~(v > min_value), _ORDERED),
    "greater_than_or_equal_to": (lambda v, min_value: ~(v >= min_value), _ORDERED),
    "less_than": (lambda v, max_value: ~(v < max_value), _ORDERED),
    "less_than_or_equal_to": (lambda v, max_value: ~(v <= max_value), _ORDERED),
    "in_range": (_in_range, _ORDERED),
    "isin": (_isin, _LISTED),
    "notin": (_notin, _LISTED),
    "str_matches": (_str_matches, _TEXT),
    "str_contains": (_str_contains, _TEXT),
    "str_startswith": (lambda v, string: ~v.startswith(string), _TEXT),
    "str_endswith": (lambda v, string: ~v.endswith(string), _TEXT),
    "str_length": (_str_length, _TEXT),
}
