"""Names that columns cannot have, and columns that only capital letters tell apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

LANDED = frozenset(
    {
        *("_source_file", "_source_sha256", "_row_number", "_ingested_at"),
        *("_extra", "_malformed", "_reasons", "partition"),
    }
)
"""Columns that the platform adds to the rows of a landed table."""
_MADE_FOR_CHECKS = ("_typed_", "_fails_")

OF_TRAINING = frozenset(
    {
        *("event_time", "partition", "label", "labelled_at", "source_partition", "split"),
        *("score", "request_id", "feature_digest"),
    }
)
"""Columns that stand beside a model's inputs while it is trained and while it scores."""
OF_EVENTS = frozenset({"label", "source_partition", "split", "scored_at"})
"""Columns that stand beside a model's key, besides those of the inference log."""

# Spark takes a name of other characters only where it is quoted, and a dot for a field of a struct.
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


def contract_column_mistakes(columns: Iterable[str]) -> Iterator[str]:
    """What is wrong with the names of a contract's columns.

    >>> list(contract_column_mistakes(["amount", "partition"]))[0][:32]
    'column "partition": the platform'
    """
    names = list(columns)
    for name in names:
        if not name.strip():
            yield f'column "{name}": a column needs a name'
        elif name in LANDED or name.startswith(_MADE_FOR_CHECKS):
            yield (
                f'column "{name}": the platform adds a column of that name to each row that '
                "lands; give this one another name"
            )
        elif "`" in name:
            yield f"column {name!r}: a name may not hold a backtick; give it another name"
    yield from case_mistakes(names)


def input_column_mistakes(inputs: Iterable[str]) -> Iterator[str]:
    """What is wrong with the names of a model's inputs.

    >>> list(input_column_mistakes(["unit price"]))
    ['given "unit price"; an input is letters, digits and _: "unit_price" would do']
    """
    names = list(inputs)
    for name in names:
        if not _PLAIN.fullmatch(name):
            would_do = f': "{guess}" would do' if _PLAIN.fullmatch(guess := _plain(name)) else ""
            yield f'given "{name}"; an input is letters, digits and _{would_do}'
        elif name in OF_TRAINING:
            yield (
                f'given "{name}"; the platform has a column of that name beside the inputs, as it '
                f"has {', '.join(sorted(OF_TRAINING - {name}))}: give this one another name"
            )
    yield from case_mistakes(names)


def key_column_mistakes(key: Iterable[str], inputs: Iterable[str]) -> Iterator[str]:
    """What is wrong with the names of a model's key, beside those of its inputs.

    >>> list(key_column_mistakes(["Carrier"], ["carrier"]))
    ['"Carrier" and "carrier" differ in capital letters alone, which Spark does not tell apart']
    """
    names = list(key)
    for name in names:
        if name in OF_EVENTS:
            yield (
                f'given "{name}"; the platform has a column of that name beside the key, as it '
                f"has {', '.join(sorted(OF_EVENTS - {name}))}: give this one another name"
            )
    yield from case_mistakes([*names, *inputs])


def case_mistakes(names: Iterable[str]) -> Iterator[str]:
    """Pairs of names that differ in capital letters alone.

    >>> list(case_mistakes(["a", "b", "a"]))
    []
    """
    first: dict[str, str] = {}
    for name in names:
        other = first.setdefault(name.lower(), name)
        if other != name:
            yield (
                f'"{other}" and "{name}" differ in capital letters alone, which Spark does not '
                "tell apart"
            )


def spelling(name: str, columns: Iterable[str]) -> str | None:
    """How a column is written, where it is there but for its capital letters.

    >>> spelling("Amount", ["amount"])
    'amount'
    """
    return _by_lower(columns).get(name.lower())


def _by_lower(columns: Iterable[str]) -> Mapping[str, str]:
    return {column.lower(): column for column in columns}


def _plain(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9_]+", "_", name.strip())
