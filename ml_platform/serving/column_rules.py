"""What a column of a request must hold, by its declared dtype.

- float and double: finite numbers;
- whole numbers: within a declared width (int16), and within 2^53, beyond which float64 skips some;
- booleans, text, and times with or without a zone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from types import NoneType
from typing import Any

from ml_platform.core.column_kind import TEXT_LIMIT, ColumnKind, column_kind
from ml_platform.serving.value_checks import (
    boolean,
    number,
    scalar,
    text,
    time,
    whole_number,
)

EXACT = 2**53
"""Whole numbers up to here are the same in float64 (IEEE 754)."""

_WIDTHS = {
    **dict.fromkeys(("int8", "byte", "tinyint"), (-(2**7), 2**7 - 1)),
    **dict.fromkeys(("int16", "short", "smallint"), (-(2**15), 2**15 - 1)),
    "int32": (-(2**31), 2**31 - 1),
    **{"uint8": (0, 2**8 - 1), "uint16": (0, 2**16 - 1), "uint32": (0, 2**32 - 1)},
}


class ValueKind(StrEnum):
    """What the values of a column are, as far as a request can tell them apart."""

    NUMBER = "number"
    WHOLE = "whole number"
    BOOLEAN = "boolean"
    TEXT = "text"
    TIME = "time"
    ANY = "single value"


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """The rule of one column.

    Attributes:
        kind: what its values are.
        one: checks a single value and returns the form in which it goes on.
        form: the type of that form, where a whole column can be seen to be in form at once.
        in_form: whether the present values of a column, all of that type, are.
        bounds: the least and the greatest, of whole numbers.
    """

    kind: ValueKind
    one: Callable[[Any], Any]
    form: type
    in_form: Callable[[Sequence[Any]], bool]
    bounds: tuple[int, int] | None = None

    def column(self, values: Sequence[Any]) -> Sequence[Any]:
        """Return a column with every value in form; None is missing.

        Raises:
            ValueError: a value is not what the dtype asks for; the message names its row.
        """
        if len(values) == 1:
            return self._each(values)
        # A few passes in C instead of a step per value: ten times as fast for a long column.
        kinds = set(map(type, values))
        gaps = NoneType in kinds
        kinds.discard(NoneType)
        if kinds == {self.form}:
            present = [value for value in values if value is not None] if gaps else values
            if self.in_form(present):
                return values
        return self._each(values)

    def _each(self, values: Sequence[Any]) -> list[Any]:
        checked: list[Any] = []
        try:
            for value in values:
                checked.append(self.one(value))
        except ValueError as error:
            raise ValueError(f"row {len(checked)}: {error}") from None
        return checked


def rule_of(dtype: str) -> ColumnRule:
    """Return the rule of a declared dtype.

    Raises:
        ConfigError: a model cannot take such a column.

    >>> rule_of("int64").one(1745.0), rule_of("bool").column([True, None, 0])
    (1745, [True, None, False])
    >>> rule_of("int16").bounds
    (-32768, 32767)
    """
    kind, name = column_kind(dtype), dtype.lower()
    if kind is ColumnKind.TEXT:
        return ColumnRule(ValueKind.TEXT, text, str, _short_enough)
    if kind is ColumnKind.TIME:
        return TIME
    if name.startswith("bool"):
        return ColumnRule(ValueKind.BOOLEAN, boolean, bool, lambda present: True)
    if name.startswith(("float", "double")):
        # A sum is finite only where all its parts are; where it is not, each value is looked at.
        return ColumnRule(ValueKind.NUMBER, number, float, lambda present: isfinite(sum(present)))
    return whole_rule(*_WIDTHS.get(name, (0 if name.startswith("uint") else -EXACT, EXACT)))


def _short_enough(present: Sequence[str]) -> bool:
    return max(map(len, present)) <= TEXT_LIMIT


def whole_rule(least: int, greatest: int) -> ColumnRule:
    """Return the rule of whole numbers from `least` to `greatest`."""

    def within(present: Sequence[int]) -> bool:
        return least <= min(present) and max(present) <= greatest

    check = whole_number(least, greatest)
    return ColumnRule(ValueKind.WHOLE, check, int, within, (least, greatest))


def _never(present: Sequence[Any]) -> bool:
    return False


TIME = ColumnRule(ValueKind.TIME, time, str, _never)
"""Of `event_time` and every column of times: each becomes UTC."""
LOGGED = ColumnRule(ValueKind.ANY, scalar, str, _short_enough)
"""Of a column that is logged only, whose dtype is not known."""
