from __future__ import annotations

import math

import pytest
from hypothesis import given
from scipy.spatial.distance import chebyshev

from ml_platform.core.drift.l_infinity import l_infinity
from ml_platform.core.drift.total_variation import total_variation
from ml_platform.core.profile import ColumnProfile
from ml_platform_tests.core.drift.profiles import counted, pairs


@given(pairs())
def test_it_is_the_chebyshev_distance_of_scipy(pair: tuple[ColumnProfile, ColumnProfile]) -> None:
    if all(side.values for side in pair):
        expected = chebyshev(pair[0].shares, pair[1].shares)
        assert l_infinity(*pair) == pytest.approx(expected, abs=1e-12)
        assert l_infinity(*pair) <= total_variation(*pair) + 1e-12


def test_one_category_that_grows_among_many_is_seen_as_it_is() -> None:
    reference = counted([10] * 100, kind="categorical")
    one_grew = counted([9] * 99 + [109], kind="categorical")

    assert l_infinity(reference, one_grew) == pytest.approx(0.099)


def test_a_side_without_values_has_no_distance() -> None:
    empty, some = counted([0, 0], kind="categorical"), counted([3, 4], kind="categorical")

    assert math.isnan(l_infinity(empty, some))
    assert math.isnan(l_infinity(some, empty))
