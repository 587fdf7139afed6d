"""Dagster's partitions for a declared calendar, and the partitions of the run at hand."""

from datetime import datetime, time, timedelta

from dagster import (
    AssetExecutionContext,
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
    TimeWindow,
    TimeWindowPartitionsDefinition,
    WeeklyPartitionsDefinition,
)

from ml_platform.core.source_spec import Partitions

_CALENDARS = {
    "hour": HourlyPartitionsDefinition,
    "day": DailyPartitionsDefinition,
    "week": WeeklyPartitionsDefinition,
    "month": MonthlyPartitionsDefinition,
}


def partitions_of(spec: Partitions) -> TimeWindowPartitionsDefinition:
    """Dagster's partitions definition of a declared calendar, in UTC."""
    start = datetime.combine(spec.start, time())
    end = datetime.combine(spec.end, time()) if spec.end else None
    return _CALENDARS[spec.every](start_date=start, end_date=end)


def partitions_of_run(context: AssetExecutionContext) -> list[str]:
    """The partition keys that the run at hand works on, in order."""
    return list(context.partition_keys)


def window_of(
    partitions: TimeWindowPartitionsDefinition, last: str, length: timedelta
) -> list[str]:
    """The partition keys of the trailing window of that length which ends with ``last``.

    ``last`` is always among them, also where it is longer than the window.
    """
    own = partitions.time_window_for_partition_key(last)
    return _keys(partitions, min(own.end - length, own.start), own.end)


def history_of(
    partitions: TimeWindowPartitionsDefinition, first: str, length: timedelta
) -> list[str]:
    """The partition keys that start within ``length`` before the partition ``first``.

    The one right before it is always among them, also where it is longer than that; none is where
    the length is 0 or the calendar begins.
    """
    if not length:
        return []
    end = partitions.time_window_for_partition_key(first).start
    before = partitions.get_prev_partition_window(end, respect_bounds=False)
    return _keys(partitions, min(end - length, before.start if before else end), end)


def partitions_back(partitions: TimeWindowPartitionsDefinition, length: timedelta) -> int:
    """How many partitions a length of time reaches back over, a begun one included.

    For the offsets of partition mappings, which are numbers of partitions. It asks the calendar
    alone, not what day it is.
    """
    first = partitions.get_next_partition_window(partitions.start, respect_bounds=False)
    assert first is not None, "a calendar has a first partition"
    return -(-length // (first.end - first.start))


def _keys(partitions: TimeWindowPartitionsDefinition, start: datetime, end: datetime) -> list[str]:
    """Keys of the partitions that start within a stretch; the calendar is not walked for it."""
    stretch = TimeWindow(max(start, partitions.start), end)
    return list(partitions.get_partition_keys_in_time_window(stretch))
