from __future__ import annotations

from datetime import date, timedelta
from math import inf

import numpy as np
import pytest

from ml_platform.core.drift.cadence import DAYS
from ml_platform.core.quality_over_time.band import Band, band
from ml_platform.core.quality_over_time.measure import (
    CATEGORY_EXPLOSION,
    NULL_SPIKE,
    VOLUME,
    Measure,
)

MONDAY = date(2013, 1, 7)


def _day(number: int) -> str:
    return str(MONDAY + timedelta(days=number))


def _band(measure: Measure, values: list[float], rows: int = 1_000, floor: float = 0.25) -> Band:
    past = {_day(i): float(value) for i, value in enumerate(values)}
    return band(measure, past, _day(len(values)), rows, DAYS, 2 / 365, floor)


def test_a_constant_table_may_change_by_the_smallest_change_that_matters() -> None:
    found = _band(VOLUME, [72] * 28)

    assert (round(found.lower), round(found.usual), round(found.upper)) == (54, 72, 90)
    assert found.holds(72)
    assert not found.holds(53)
    assert not found.holds(91)


def test_a_table_that_wavers_may_waver_on() -> None:
    found = _band(VOLUME, [600, 1_000, 800, 1_400] * 7)

    assert found.lower < 500
    assert found.upper > 1_700


def test_a_table_that_had_rows_must_have_some_and_one_that_had_none_need_not() -> None:
    assert not _band(VOLUME, [1, 40, 900, 3] * 7).holds(0)
    assert _band(VOLUME, [0] * 28).holds(0)


def test_nulls_are_only_ever_too_many() -> None:
    found = _band(NULL_SPIKE, [0.3] * 28, floor=0.05)

    assert found.lower == -inf
    assert found.holds(0.34)
    assert not found.holds(0.45)


def test_a_share_of_few_rows_must_stray_farther() -> None:
    assert _band(NULL_SPIKE, [0.0] * 28, rows=20, floor=0.05).upper > 0.08
    assert _band(NULL_SPIKE, [0.0] * 28, rows=9_999, floor=0.05).upper == pytest.approx(0.05)


def test_a_column_that_was_null_or_not_may_be_so_again() -> None:
    assert _band(NULL_SPIKE, [0.0, 1.0, 0.4, 0.9] * 7).holds(1.0)


def test_distinct_values_may_grow_with_the_table_and_not_explode() -> None:
    found = _band(CATEGORY_EXPLOSION, [700 + i for i in range(28)])

    assert found.holds(740)
    assert not found.holds(1_500)
    assert found.holds(0)


def test_only_the_last_eight_weeks_count() -> None:
    assert _band(VOLUME, [5] * 300 + [1_000] * 56).before == 56
    assert _band(VOLUME, [5] * 300 + [1_000] * 56).holds(1_000)


def test_by_weekday_where_eight_weeks_show_that_they_differ() -> None:
    generator = np.random.default_rng(0)
    days = [(700 if i % 7 == 5 else 1_000) * generator.normal(1, 0.01) for i in range(61)]

    assert _band(VOLUME, days[:61], floor=0.1).phases == "weekdays"
    assert _band(VOLUME, days[:61], floor=0.1).holds(700)
    assert not _band(VOLUME, days[:60], floor=0.1).holds(700)
    assert _band(VOLUME, days[:40], floor=0.1).phases == ""
