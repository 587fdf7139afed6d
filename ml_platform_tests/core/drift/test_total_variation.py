from __future__ import annotations

import pytest
from hypothesis import given
from scipy.spatial.distance import cityblock

from ml_platform.core.drift.total_variation import total_variation
from ml_platform.core.profile import ColumnProfile
from ml_platform_tests.core.drift.profiles import counted, pairs


@given(pairs())
def test_it_is_half_the_city_block_distance_of_scipy(
    pair: tuple[ColumnProfile, ColumnProfile],
) -> None:
    if all(side.values for side in pair):
        expected = cityblock(pair[0].shares, pair[1].shares) / 2
        assert total_variation(*pair) == pytest.approx(expected, abs=1e-12)


def test_it_is_the_share_that_would_have_to_change() -> None:
    assert total_variation(counted([50, 50, 0]), counted([30, 60, 10])) == pytest.approx(0.2)
    assert total_variation(counted([5, 0]), counted([0, 9])) == 1
