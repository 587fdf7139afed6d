"""Dagster's partitions for a declared calendar, and the partitions of the run at hand."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from dagster import (
    AssetExecutionContext,
    DailyPartitionsDefinition,
    HourlyPartitionsDefinition,
    MonthlyPartitionsDefinition,
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
) -> Sequence[str]:
    """The partition keys of the trailing window of that length which ends with ``last``."""
    end = partitions.time_window_for_partition_key(last).end
    keys = partitions.get_partition_keys()
    position = list(keys).index(last)
    return [
        key
        for key in keys[: position + 1]
        if partitions.time_window_for_partition_key(key).start >= end - length
    ]


def history_of(
    partitions: TimeWindowPartitionsDefinition, first: str, length: timedelta
) -> Sequence[str]:
    """The partition keys that start within ``length`` before the partition ``first``."""
    start = partitions.time_window_for_partition_key(first).start
    return [
        key
        for key in partitions.get_partition_keys()
        if start - length <= partitions.time_window_for_partition_key(key).start < start
    ]
