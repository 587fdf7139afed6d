"""What was said before: a restated value shows the one that it replaces."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import isnan
from typing import Any

from ml_platform.core.figures import short

_GRAIN = ("partition", "window", "segment", "segment_value", "metric", "model_version")
_SAME = 1e-12

Row = Mapping[str, Any]


def with_earlier(rows: Iterable[Row], stored: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """Add ``earlier`` and ``earlier_as_of`` to rows of the performance table.

    The first is the value that late or corrected labels have replaced last, the second the
    newest label it was made from; both None while a value was never restated. Measured again
    without a change, a value keeps what it showed.

    Args:
        rows: As measured now.
        stored: As the table has them; of another model version they are no earlier value.
    """
    known = {_grain(row): row for row in stored}
    for row in rows:
        before = known.get(_grain(row))
        yield {**row, **_earlier(row, before)}


def restatements(rows: Iterable[Row]) -> list[str]:
    """The restated values of the windows as a whole, in words.

    >>> row = {"metric": "brier", "window": "day", "value": 0.25, "earlier": 0.2}
    >>> restatements([row, row | {"earlier": None}])
    ['brier of the day .2 is now .25']
    """
    return [
        f"{row['metric']} of the {row['window']} {short(row['earlier'], 4)} is now "
        f"{short(row['value'], 4)}"
        for row in rows
        if row.get("segment") is None and row["earlier"] is not None
    ]


def _grain(row: Row) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in _GRAIN)


def _earlier(row: Row, before: Row | None) -> dict[str, Any]:
    if before is None or _unknown(row["value"]) or _unknown(before["value"]):
        return {"earlier": None, "earlier_as_of": None}
    if abs(row["value"] - before["value"]) <= _SAME:
        return {name: before.get(name) for name in ("earlier", "earlier_as_of")}
    return {"earlier": before["value"], "earlier_as_of": before["labels_as_of"]}


def _unknown(value: float | None) -> bool:
    return value is None or isnan(value)
