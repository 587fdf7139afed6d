"""In which partition an answered request is kept."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from ml_platform.core.ingestion.calendar import Calendar

FAR = timedelta(days=3653)
"""Ten years. Nobody asks about events so far ahead: such a date is a slip, and the last one that
there is, in the year 9999, has no end of its window."""


def event_partition(
    calendar: Calendar,
) -> Callable[[datetime | None, datetime], str]:
    """The function from event time and time of receipt to the key of a partition.

    It is the partition of the event, so that an event that is scored in batch too is found beside
    it. Without an event time, or with one outside the declared calendar or `FAR` ahead, it is that
    of the receipt, whatever the calendar says of it: no answer is left out for its date.
    """

    @lru_cache(maxsize=4096)
    def of_minute(minute: datetime) -> str:
        return calendar.partition_at(minute)

    def declared(moment: datetime) -> bool:
        return calendar.start_at <= moment and (calendar.end_at is None or moment < calendar.end_at)

    def partition_of(event_time: datetime | None, received_at: datetime) -> str:
        known = event_time is not None and declared(event_time) and event_time - received_at < FAR
        moment = event_time if known else received_at
        assert moment is not None
        # No partition begins within a minute.
        return of_minute(moment.replace(second=0, microsecond=0))

    return partition_of
