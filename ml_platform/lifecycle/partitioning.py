"""Dagster's partitions for a calendar, and the partitions of the run at hand."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from dagster import (
    AssetExecutionContext,
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
)

from ml_platform.core.ingestion.calendar import Calendar


def partitions_of(calendar: Calendar) -> TimeWindowPartitionsDefinition:
    """Dagster's partitions definition of a calendar: the same keys and the same windows."""
    minutes, hours, days = _offsets(calendar.offset)
    where = {
        "start_date": datetime.combine(calendar.start, time()),
        "end_date": _end_date(calendar),
        "timezone": calendar.timezone,
        "minute_offset": minutes,
    }
    if calendar.every == "hour":
        return HourlyPartitionsDefinition(**where)
    where["hour_offset"] = hours
    if calendar.every == "day":
        return DailyPartitionsDefinition(**where)
    if calendar.every == "week":
        return WeeklyPartitionsDefinition(**where, day_offset=days)
    return MonthlyPartitionsDefinition(**where, day_offset=days + 1)


def partitions_of_run(context: AssetExecutionContext) -> list[str]:
    """The partition keys that the run at hand works on, in order."""
    return list(context.partition_keys)


def _end_date(calendar: Calendar) -> datetime | None:
    """When the last partition ends, by the clock of its zone; Dagster adds the zone itself."""
    if calendar.end_at is None:
        return None
    return calendar.end_at.astimezone(ZoneInfo(calendar.timezone)).replace(tzinfo=None)


def _offsets(offset: timedelta) -> tuple[int, int, int]:
    hours, minutes = divmod(offset.seconds // 60, 60)
    return minutes, hours, offset.days
