"""Row counts and column bounds of a Parquet file, read from its footer and never from its rows."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

INDEXED_COLUMNS = 32
"""Delta's own default: the bounds of later columns are seldom worth their place in the log."""
LONGEST_TEXT = 64
"""A longer text is no useful bound."""


@dataclass(frozen=True)
class FileStatistics:
    """What a footer says.

    Attributes:
        rows: number of rows.
        delta: Delta's ``stats``, a JSON text.
    """

    rows: int
    delta: str


def file_statistics(path: Path) -> FileStatistics:
    """Read the footer of a Parquet file.

    Only top-level columns get bounds. Floating-point columns get none: a file may hold NaN
    without saying so, and engines that order NaN last would skip rows they should return.
    """
    footer = pq.read_metadata(path)
    minimum: dict[str, Any] = {}
    maximum: dict[str, Any] = {}
    nulls: dict[str, int] = {}
    for index in range(min(footer.num_columns, INDEXED_COLUMNS)):
        column = footer.schema.column(index)
        if column.path != column.name or column.max_repetition_level:
            continue
        chunks = [footer.row_group(g).column(index) for g in range(footer.num_row_groups)]
        found = [c.statistics for c in chunks if c.is_stats_set]
        if not found or len(found) < len(chunks):
            continue
        if all(each.has_null_count for each in found):
            nulls[column.name] = sum(each.null_count for each in found)
        low, high = _bounds(each for each in found if each.num_values)
        if low is not None and high is not None:
            minimum[column.name], maximum[column.name] = low, high
    delta = {
        "numRecords": footer.num_rows,
        "minValues": minimum,
        "maxValues": maximum,
        "nullCount": nulls,
    }
    return FileStatistics(footer.num_rows, json.dumps(delta))


def _bounds(statistics: Iterable[Any]) -> tuple[Any, Any]:
    """The least and greatest value over all row groups, as Delta spells them, or two Nones."""
    lows, highs = [], []
    for each in statistics:
        if not each.has_min_max:
            return None, None
        try:
            lows.append(each.min)
            highs.append(each.max)
        except (ValueError, OverflowError):  # a year beyond 9999, or bytes that are not text
            return None, None
    if not lows:
        return None, None
    return _spell(min(lows)), _spell(max(highs))


def _spell(value: Any) -> Any:
    """A bound as Delta's JSON wants it, None for a type that gets no bounds.

    >>> _spell(datetime(2013, 1, 1, 5, tzinfo=UTC))
    '2013-01-01T05:00:00.000000Z'
    """
    if isinstance(value, datetime):  # a naive timestamp has no instant that Delta could compare
        in_utc = value.astimezone(UTC) if value.tzinfo else None
        return in_utc and in_utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return None
