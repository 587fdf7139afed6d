"""In which partition an answered request is kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from dagster import TimeWindowPartitionsDefinition

FAR = timedelta(days=3653)
"""Ten years. Nobody asks about events so far ahead: such a date is a slip, and the last one that
there is, in the year 9999, has no end of its window."""


def event_partition(
    partitions: TimeWindowPartitionsDefinition,
) -> Callable[[datetime | None, datetime], str]:
    """The function from event time and time of receipt to the key of a partition.

    It is the partition of the event, so that an event that is scored in batch too is found beside
    it. Without an event time, or with one outside the declared calendar or `FAR` ahead, it is that
    of the receipt, whatever the calendar says of it: no answer is left out for its date.
    """

    @lru_cache(maxsize=4096)
    def of_hour(hour: datetime) -> str:
        return partitions.get_partition_key_for_timestamp(hour.timestamp())

    def declared(moment: datetime) -> bool:
        return partitions.start <= moment and (partitions.end is None or moment < partitions.end)

    def partition_of(event_time: datetime | None, received_at: datetime) -> str:
        known = event_time is not None and declared(event_time) and event_time - received_at < FAR
        moment = event_time if known else received_at
        assert moment is not None
        return of_hour(moment.replace(minute=0, second=0, microsecond=0))

    return partition_of
