"""Edge values of every type, with checks that Arrow judges on them and those only Spark can."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

from pyspark.sql import types as T

LONG = 2**63 - 1
ORDERS = ("eq", "ne", "gt", "ge", "lt", "le")
Checks = list[dict[str, Any]]


def orders(*values: Any) -> Checks:
    """Each comparison with each value, ranges between them with and without ends, and lists."""
    compared: Checks = [{name: value} for name in ORDERS for value in values]
    compared += [
        {"in_range": {"min_value": a, "max_value": b, "include_min": ends, "include_max": not ends}}
        for a, b in pairwise(values)
        if a != b
        for ends in (True, False)
    ]
    return [*compared, {"isin": [*values, None]}, {"notin": list(values[1:])}]


WORDS = [
    "",
    "a",
    "ab",
    "ba",
    "A",
    "aa1",
    "é",
    "\U0001f600",
    "a\U0001f600b",
    " a",
    "a_b",
    "a.b",
    "x-1",
]
PATTERNS = [
    "a",
    "^a",
    "b$",
    "a|b",
    "^[a-c]{2}$",
    r"^\w+$",
    r"\d",
    r"^\W",
    "^.{1,2}$",
    "[^a]b",
    "a*?$",
]
LINES = ["a\n", "\na", "a\r\n", "a\u0085", "\u2028b", "a\u2029b", "a\nb\n"]

# By type: the edge values, and the checks that Arrow judges on them.
JUDGED: dict[str, tuple[T.DataType, list[Any], Checks]] = {
    "byte": (T.ByteType(), [-128, -1, 0, 1, 127], orders(-1, 0, 300) + orders(0.5, math.nan)),
    "short": (T.ShortType(), [-(2**15), 0, 2**15 - 1], orders(-(2**15), 2**15 - 1)),
    "integer": (
        T.IntegerType(),
        [-(2**31), -1, 0, 2**31 - 1],
        orders(0, 2**31 - 1, 2**40) + orders(0, 0.5),
    ),
    "long": (
        T.LongType(),
        [-LONG - 1, -1, 0, 2**53 + 1, LONG],
        orders(-1, 2**53, LONG) + orders(2.0**53, float(LONG)),
    ),
    "float": (
        T.FloatType(),
        [-math.inf, -0.0, 0.0, 0.1, 2.0**24, math.inf, math.nan],
        orders(0, 2**24) + orders(-0.0, 0.1, math.inf, math.nan),
    ),
    "double": (
        T.DoubleType(),
        [-math.inf, -5e-324, -0.0, 0.0, 0.1, 1.7e308, math.inf, math.nan],
        orders(-math.inf, -0.0, 0.0, 0.1, math.nan) + orders(0, 0.5, 2**53 + 1),
    ),
    "boolean": (T.BooleanType(), [True, False], [{"eq": True}, {"ne": True}, {"eq": False}]),
    "date": (
        T.DateType(),
        [
            date(1, 1, 1),
            date(1582, 10, 4),
            date(1969, 12, 31),
            date(1970, 1, 1),
            date(9999, 12, 31),
        ],
        orders(date(1582, 10, 4), date(1969, 12, 31), date(9999, 12, 31)),
    ),
    "timestamp": (
        T.TimestampType(),
        [
            datetime(1950, 1, 1, 0, 0, 0, 1),
            datetime(1969, 12, 31, 23, 59, 59, 999999),
            datetime(2100, 1, 1),
        ],
        orders(datetime(1950, 1, 1, 0, 0, 0, 1), datetime(2100, 1, 1))
        + orders(datetime(1969, 12, 31, 23, 59, 59, 999999, UTC)),
    ),
    "binary": (
        T.BinaryType(),
        [b"", b"a", b"\x00\xff"],
        [{"eq": b"a"}, {"ne": b""}, {"isin": [b"", b"\x00\xff"]}, {"notin": [b"a", None]}],
    ),
    "text": (
        T.StringType(),
        WORDS,
        [
            *(
                {name: word}
                for name in ("eq", "ne", "str_startswith", "str_endswith")
                for word in WORDS
            ),
            *({name: ["", "a", "é", None]} for name in ("isin", "notin")),
            *({name: each} for name in ("str_contains", "str_matches") for each in PATTERNS),
            *({"str_length": {"min_value": n, "max_value": n + 1}} for n in range(3)),
            {"str_length": {"exact_value": 3}},
            {"str_matches": re.compile("a+")},
        ],
    ),
    "lines": (
        T.StringType(),
        [*WORDS, *LINES],
        [
            *(
                {name: each}
                for name in ("str_contains", "str_matches")
                for each in ("a", "^a", "[^b]b")
            )
        ],
    ),
}

# Checks that only Spark can judge: it would convert one side, or Java reads the pattern in its way.
LEFT: dict[str, tuple[T.DataType, list[Any], Checks]] = {
    "integer": (T.IntegerType(), [0, 1], [{"eq": True}, {"isin": ["1"]}]),
    "long": (T.LongType(), [2**53, 2**53 + 1], [{"in_range": {"min_value": 0, "max_value": 0.5}}]),
    "float": (T.FloatType(), [2.0**24], [{"eq": 2**24 + 1}]),
    "date": (
        T.DateType(),
        [date(2013, 1, 7)],
        [{"ge": datetime(2013, 1, 7, 1)}, {"eq": "2013-01-07"}],
    ),
    "timestamp": (T.TimestampType(), [datetime(1950, 1, 1)], [{"ge": datetime(1500, 1, 1)}]),
    "decimal": (T.DecimalType(10, 2), [Decimal("1.25")], [{"gt": 1}, {"eq": Decimal("1.250")}]),
    "text": (
        T.StringType(),
        ["1", "a b", "b"],
        [
            {"eq": 1},
            *({"str_matches": each} for each in (r"\s", "(?i)B", r"a\b", "(?=a)")),
        ],
    ),
}
