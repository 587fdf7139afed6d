"""Checks of text and of bytes, on Arrow arrays; best given the distinct values of a column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyspark.sql import types as T

Condition = Callable[[pa.Array], np.ndarray | None]

# What stands for the same in Java's patterns and in RE2's, Arrow's engine: plain characters,
# \d and \w (ASCII in both), simple classes, groups, alternatives, greedy and lazy repetition.
_CLASS_ITEM = r"[A-Za-z0-9](?:-[A-Za-z0-9])?|[ _.,:;/@%+*=!?]|\\[dw.\\\[\]^$*+?(){}|/-]"
_ATOM = (
    r"[A-Za-z0-9 _,:;/@%&=<>~\"'!#-]|\.|\\[dDwW]|\\[.\\\[\]^$*+?(){}|/-]"
    rf"|\[\^?-?(?:{_CLASS_ITEM})+-?\]"
)
_REPEATED = r"(?:(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)?"
_COMMON_PATTERN = re.compile(rf"(?:(?:{_ATOM}|\)){_REPEATED}|\((?:\?:)?|[|^$])*")
# Java ends a line at each of these, RE2 at the first only: it matters to "." and "$".
_LINE_TERMINATOR = "[\n\r\x85\u2028\u2029]"


def text_condition(check: str, arguments: Mapping[str, Any], dtype: T.DataType) -> Condition | None:
    """See ``contract_arrow.arrow_condition``."""
    if check in _PATTERNS:
        return _pattern_condition(_PATTERNS[check], arguments["pattern"])
    if check == "str_length":
        lengths = {name: each for name, each in arguments.items() if each is not None}
        whole = all(type(each) is int for each in lengths.values())
        return partial(_wrong_length, **lengths) if whole else None
    if check not in _FAILS:
        return None
    [given] = arguments.values()
    values = [each for each in given if each is not None] if check in _LISTS else [given]
    kinds = {str} if isinstance(dtype, T.StringType) else {bytes, bytearray}
    if not {type(each) for each in values} <= kinds:
        return None
    return partial(_fails, _FAILS[check], values if check in _LISTS else given)


def _fails(fails: Callable[[pa.Array, Any], Any], given: Any, values: pa.Array) -> np.ndarray:
    return _flags(fails(values, given))


def _flags(found: Any) -> np.ndarray:
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=bool)


def _same(values: pa.Array, given: Any) -> pa.Array:
    return pc.equal(values, pa.scalar(given, values.type))


def _among(values: pa.Array, listed: Iterable[Any]) -> pa.Array:
    return pc.is_in(values, value_set=pa.array(listed, values.type))


def _wrong_length(
    values: pa.Array,
    min_value: int | None = None,
    max_value: int | None = None,
    exact_value: int | None = None,
) -> np.ndarray:
    length = pc.utf8_length(values).to_numpy(zero_copy_only=False)
    if exact_value is not None:
        return np.asarray(length != exact_value)
    wrong = np.zeros(len(length), dtype=bool)
    if min_value is not None:
        wrong |= length < min_value
    if max_value is not None:
        wrong |= length > max_value
    return wrong


# --- regular expressions ---------------------------------------------------------------------


def is_common_pattern(pattern: str) -> bool:
    """Whether Java and RE2 read the pattern alike, on values without line terminators.

    >>> is_common_pattern(r"^[A-Z]{2}(-\\d+)?$"), is_common_pattern(r"a(?=b)|\\bc")
    (True, False)
    """
    if not _COMMON_PATTERN.fullmatch(pattern):
        return False
    try:
        pc.match_substring_regex(pa.array([""]), pattern)
    except pa.ArrowInvalid:
        return False
    return True


def _pattern_condition(anchored: str, pattern: str | re.Pattern[str]) -> Condition | None:
    text = pattern.pattern if isinstance(pattern, re.Pattern) else pattern
    if not is_common_pattern(text):
        return None
    return partial(_unmatched, anchored.format(text), "." in text or "$" in text)


def _unmatched(pattern: str, minds_lines: bool, values: pa.Array) -> np.ndarray | None:
    if minds_lines and pc.any(pc.match_substring_regex(values, _LINE_TERMINATOR)).as_py():
        return None
    return ~_flags(pc.match_substring_regex(values, pattern))


_PATTERNS = {"str_matches": "^(?:{})", "str_contains": "{}"}
_LISTS = ("isin", "notin")
_FAILS: dict[str, Callable[[pa.Array, Any], Any]] = {
    "equal_to": lambda v, value: pc.invert(_same(v, value)),
    "not_equal_to": _same,
    "isin": lambda v, listed: pc.invert(_among(v, listed)),
    "notin": _among,
    "str_startswith": lambda v, string: pc.invert(pc.starts_with(v, string)),
    "str_endswith": lambda v, string: pc.invert(pc.ends_with(v, string)),
}
