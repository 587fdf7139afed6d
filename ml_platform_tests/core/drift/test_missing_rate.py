from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given

from ml_platform.core.drift.missing_rate import missing_rate
from ml_platform.core.profile import ColumnProfile
from ml_platform_tests.core.drift.profiles import counted, edges_of, pairs, profiled


@given(pairs())
def test_it_is_symmetric_and_bounded(pair: tuple[ColumnProfile, ColumnProfile]) -> None:
    first, second = pair
    value = missing_rate(first, second)

    if first.rows and second.rows:
        assert 0 <= value <= 1
        assert value == missing_rate(second, first)
    else:
        assert isnan(value)


def test_gaps_that_come_and_gaps_that_go_both_count() -> None:
    full, gappy = counted([10, 0], missing=0), counted([7, 0], missing=3)

    assert missing_rate(full, gappy) == missing_rate(gappy, full) == pytest.approx(0.3)


def test_nan_and_infinity_are_no_values() -> None:
    edges = edges_of(np.array([1.0, 2.0]))
    broken = profiled(np.array([1.0, np.nan, np.inf, None], dtype=object), edges)

    assert missing_rate(profiled(np.array([1.0, 2.0]), edges), broken) == 0.75
