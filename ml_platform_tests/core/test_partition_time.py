from datetime import UTC, datetime

import pytest

from ml_platform.core.errors import ConfigError
from ml_platform.core.partition_time import moment_of


@pytest.mark.parametrize(
    ("partition", "moment"),
    [
        ("2013-01-07", datetime(2013, 1, 7, tzinfo=UTC)),
        ("2013-01-07-05:00", datetime(2013, 1, 7, 5, tzinfo=UTC)),
        ("2013-11-03-01:00-0500", datetime(2013, 11, 3, 1, tzinfo=UTC)),
        ("2013-01-07-05", datetime(2013, 1, 7, 5, tzinfo=UTC)),
    ],
)
def test_days_and_hours_have_a_beginning(partition: str, moment: datetime) -> None:
    assert moment_of(partition) == moment


def test_anything_else_is_refused_by_name() -> None:
    with pytest.raises(ConfigError, match='"2013-13-07" is not a partition'):
        moment_of("2013-13-07")
