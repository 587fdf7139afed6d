from __future__ import annotations

from math import isnan

import pytest
from hypothesis import given
from scipy.spatial.distance import jensenshannon

from ml_platform.core.drift.jensen_shannon import jensen_shannon
from ml_platform.core.profile import ColumnProfile, ProfileError
from ml_platform_tests.core.drift.profiles import counted, pairs


@given(pairs())
def test_it_is_symmetric_bounded_and_what_scipy_says(
    pair: tuple[ColumnProfile, ColumnProfile],
) -> None:
    first, second = pair
    value = jensen_shannon(first, second)

    if not (first.values and second.values):
        assert isnan(value)
        return
    assert 0 <= value <= 1
    assert value == pytest.approx(jensen_shannon(second, first), abs=1e-7)
    # The root magnifies rounding near 0, so the squares are compared.
    assert value**2 == pytest.approx(jensenshannon(first.counts, second.counts, 2) ** 2, abs=1e-12)


def test_nothing_in_common_is_one_and_the_same_is_zero() -> None:
    assert jensen_shannon(counted([5, 0]), counted([0, 9])) == pytest.approx(1)
    assert jensen_shannon(counted([5, 5]), counted([9, 9])) == 0


def test_different_bins_are_refused() -> None:
    with pytest.raises(ProfileError, match="different bins"):
        jensen_shannon(counted([1]), counted([1, 1]))
