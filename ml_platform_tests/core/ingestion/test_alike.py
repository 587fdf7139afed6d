from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from ml_platform.core.ingestion.alike import cut_otherwise
from ml_platform.core.ingestion.calendar import Calendar

DAYS = Calendar("day", date(2013, 1, 1))


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"every": "hour"}, '"labels" has partitions by hour (UTC), its primary "trips" by day'),
        ({"timezone": "Europe/Berlin"}, "by day (Europe/Berlin)"),
        ({"offset": timedelta(hours=6)}, "by day (UTC, 6 hours later)"),
    ],
)
def test_a_table_that_is_cut_otherwise_is_told_with_both_cuts(
    other: dict[str, Any], told: str
) -> None:
    labels = Calendar(**({"every": "day", "start": date(2013, 1, 1)} | other))

    assert told in str(cut_otherwise("trips", "labels", {"trips": DAYS, "labels": labels}))


def test_a_table_may_begin_and_end_elsewhere() -> None:
    labels = Calendar("day", date(2014, 1, 1), date(2015, 1, 1))

    assert cut_otherwise("trips", "labels", {"trips": DAYS, "labels": labels}) is None
