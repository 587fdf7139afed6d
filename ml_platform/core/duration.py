"""Lengths of time as a person writes them: "7 days", "1 hour", "2 weeks"."""

import re
from datetime import timedelta

from ml_platform.core.errors import ConfigError

UNITS = {
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}

# A century: beyond this the text is a slip, and datetime arithmetic starts to overflow.
LONGEST = timedelta(days=36_525)

_WRITTEN = re.compile(r"\s*(?P<count>\d{1,8})\s*(?P<unit>[a-z]+?)s?\s*")


def parse_duration(text: str) -> timedelta:
    """Read a positive length of time, a whole number of minutes, hours, days or weeks.

    Raises ConfigError for anything else, with an example to follow.

    >>> parse_duration("7 days")
    datetime.timedelta(days=7)
    >>> parse_duration("1 hour")
    datetime.timedelta(seconds=3600)
    """
    found = _WRITTEN.fullmatch(text.lower())
    if found is None or found["unit"] not in UNITS:
        raise ConfigError(
            f"{text!r} is not a length of time: "
            'write a whole number of minutes, hours, days or weeks, such as "7 days"'
        )
    length = int(found["count"]) * UNITS[found["unit"]]
    if not timedelta(0) < length <= LONGEST:
        raise ConfigError(f"{text!r} is no usable length of time: a minute to a century is")
    return length


def format_duration(length: timedelta) -> str:
    """Write a length of time in whole days, else hours, else minutes; parse_duration reads it back.

    Raises ValueError for what no whole number of minutes can say.

    >>> format_duration(timedelta(weeks=1)), format_duration(timedelta(hours=36))
    ('7 days', '36 hours')
    """
    for unit in ("day", "hour", "minute"):
        count, rest = divmod(length, UNITS[unit])
        if count > 0 and not rest:
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    raise ValueError(f"{length!r} is not a positive whole number of minutes")
