"""The moment a partition begins, read from its key; data time is counted from it."""

from datetime import UTC, datetime

from ml_platform.core.errors import ConfigError

_FORMATS = ("%Y-%m-%d", "%Y-%m-%d-%H:%M", "%Y-%m-%d-%H")


def moment_of(partition: str) -> datetime:
    """Return when a partition begins, in UTC.

    Raises ConfigError for a key that is neither a day nor an hour.

    >>> moment_of("2013-01-07").isoformat()
    '2013-01-07T00:00:00+00:00'
    >>> moment_of("2013-01-07-05:00").hour
    5
    """
    for written in _FORMATS:
        try:
            return datetime.strptime(partition, written).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise ConfigError(
        f'"{partition}" is not a partition: expected a day such as 2013-01-07, '
        "or an hour such as 2013-01-07-05:00"
    )
