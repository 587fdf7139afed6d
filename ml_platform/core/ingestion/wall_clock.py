"""From what a clock on the wall shows to the instant, and what is odd when clocks are changed.

The choices are those of Dagster's schedules, so that its partitions begin when ours do. Of a time
that comes twice the later one is meant, and one that is skipped means the moment of the change;
outside the hours from 1 to 3 the clock's earlier reading is meant.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ml_platform.core.errors import ConfigError

_CHANGED_AT = (1, 2, 3)


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The time zone of an IANA name.

    Raises:
        ConfigError: there is none.

    >>> zone_of("Europe/Berlin").key
    'Europe/Berlin'
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigError(
            f'"{name}" is no time zone: expected an IANA name such as "Europe/Berlin"'
        ) from error


def instant_of(wall: datetime, timezone: str, fold: int | None = None) -> datetime:
    """The instant at which the clocks of a zone show a time, in UTC.

    Args:
        wall: what they show, without a zone.
        timezone: an IANA name.
        fold: 0 or 1 for the first or second of two equal times; otherwise as the module says.

    >>> instant_of(datetime(2013, 3, 10, 2, 30), "America/New_York").isoformat()
    '2013-03-10T07:00:00+00:00'
    """
    local = wall.replace(tzinfo=zone_of(timezone), fold=fold or 0)
    if fold is not None or wall.hour not in _CHANGED_AT:
        return local.astimezone(UTC)
    if _is_skipped(local):
        begun = local.replace(minute=0, second=0, microsecond=0)
        later = (local + timedelta(hours=1)).dst()
        return (begun + (later or timedelta(0))).astimezone(UTC)
    return local.replace(fold=1).astimezone(UTC)


def is_second(local: datetime) -> bool:
    """Whether a moment, by the clock of its zone, is the second with that time.

    >>> is_second(datetime(2013, 11, 3, 6, 0, tzinfo=UTC).astimezone(zone_of("America/New_York")))
    True
    """
    return local.fold == 1 and local.utcoffset() != local.replace(fold=0).utcoffset()


def _is_skipped(local: datetime) -> bool:
    back = local.astimezone(UTC).astimezone(local.tzinfo)
    return back.replace(tzinfo=None) != local.replace(tzinfo=None)


@lru_cache(maxsize=256)
def changes_by_part_of_an_hour(timezone: str) -> bool:
    """Whether the clocks of a zone are or were changed by less than an hour, from 2000 to 2050.

    >>> [changes_by_part_of_an_hour(zone) for zone in ("Australia/Lord_Howe", "Asia/Kolkata")]
    [True, False]
    """
    zone = zone_of(timezone)
    days = (datetime(2000 + n // 12, n % 12 + 1, 1, tzinfo=zone) for n in range(600))
    distances = (day.utcoffset() or timedelta(0) for day in days)
    return len({distance % timedelta(hours=1) for distance in distances}) > 1
