"""Whether the tables of a model are cut alike: it reads the same partition of each."""

from __future__ import annotations

from collections.abc import Mapping

from ml_platform.core.duration import format_duration
from ml_platform.core.ingestion.calendar import Calendar


def cut_otherwise(primary: str, other: str, calendars: Mapping[str, Calendar]) -> str | None:
    """Say why a model cannot read a table beside its primary one; None where it can.

    Where two tables begin or end may differ, how they are cut in time may not.

    Args:
        primary: name of the primary table.
        other: name of the labels or of a lookup.
        calendars: of the tables, by name.

    >>> from datetime import date
    >>> hourly, daily = Calendar("hour", date(2013, 1, 1)), Calendar("day", date(2013, 1, 1))
    >>> cut_otherwise("trips", "labels", {"trips": hourly, "labels": daily})
    '"labels" has partitions by day (UTC), its primary "trips" by hour (UTC): a model reads the \
same partition of all its tables, so cut them alike, by partitions.every, timezone and offset'
    """
    here, there = calendars[primary], calendars[other]
    if here.cut == there.cut:
        return None
    return (
        f'"{other}" has partitions by {_told(there)}, its primary "{primary}" by {_told(here)}: '
        "a model reads the same partition of all its tables, so cut them alike, by "
        "partitions.every, timezone and offset"
    )


def _told(calendar: Calendar) -> str:
    later = f", {format_duration(calendar.offset)} later" if calendar.offset else ""
    return f"{calendar.every} ({calendar.timezone}{later})"
