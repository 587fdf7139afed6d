"""The realised value beside what had been estimated of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import isnan
from typing import Any

Row = Mapping[str, Any]


def with_estimate(rows: Iterable[Row], estimates: Iterable[Row]) -> Iterator[dict[str, Any]]:
    """Add ``estimated``, ``deviation`` and ``error`` to rows of the performance table.

    The error is realised minus estimated; all three are None where one of them is not known, in
    segments, and where another version was estimated than was measured.

    Args:
        rows: As measured, of any partitions.
        estimates: Rows of the table of estimated performance.
    """
    known = {_grain(row): row for row in estimates}
    for row in rows:
        found = None if row.get("segment") else known.get(_grain(row))
        yield {**row, **_beside(row["value"], found)}


def _grain(row: Row) -> tuple[Any, ...]:
    return row["partition"], row["window"], row["metric"], row["model_version"]


def _beside(realised: float | None, found: Row | None) -> dict[str, float | None]:
    if found is None or realised is None or isnan(realised) or isnan(found["value"]):
        return {"estimated": None, "deviation": None, "error": None}
    estimated = found["value"]
    error = realised - estimated
    return {"estimated": estimated, "deviation": found["deviation"], "error": error}
