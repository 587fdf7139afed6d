"""When a partition begins, by the clock of its table's zone; data time is counted by that clock.

So a cooldown or an age of seven days is the same weekday at the same hour, whether clocks were
changed in between or not; and the phase of a partition, its weekday or its hour, is that of the
people there. When a partition begins in UTC its calendar says (`Calendar.begin`).
"""

import re
from datetime import UTC, datetime

from ml_platform.core.errors import ConfigError

_FORMATS = ("%Y-%m-%d", "%Y-%m-%d-%H:%M", "%Y-%m-%d-%H")
# Behind the second of two equal hours stands its distance from UTC.
_DISTANCE = re.compile(r"(?<=-\d\d:\d\d)[+-]\d{4}$")


def moment_of(partition: str) -> datetime:
    """Return when a partition begins: what the clock of its zone shows, as if it were UTC.

    Raises ConfigError for a key that is neither a day nor an hour.

    >>> moment_of("2013-01-07").isoformat()
    '2013-01-07T00:00:00+00:00'
    >>> moment_of("2013-01-07-05:00").hour, moment_of("2013-11-03-01:00-0500").hour
    (5, 1)
    """
    shown = _DISTANCE.sub("", partition)
    for written in _FORMATS:
        try:
            return datetime.strptime(shown, written).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ConfigError(
        f'"{partition}" is not a partition: expected a day such as 2013-01-07, '
        "or an hour such as 2013-01-07-05:00"
    )
