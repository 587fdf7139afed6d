from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from ml_platform.core.drift.hellinger import hellinger
from ml_platform.core.profile import ColumnProfile
from ml_platform_tests.core.drift.profiles import counted, pairs


@given(pairs())
def test_it_is_the_root_of_one_minus_the_affinity(
    pair: tuple[ColumnProfile, ColumnProfile],
) -> None:
    first, second = pair
    if first.values and second.values:
        affinity = np.sqrt(first.shares * second.shares).sum()
        assert hellinger(first, second) ** 2 == pytest.approx(1 - affinity, abs=1e-12)


def test_nothing_in_common_is_one() -> None:
    assert hellinger(counted([5, 0]), counted([0, 9])) == 1


def test_two_normals_are_as_far_apart_as_the_formula_says() -> None:
    # Of two normals of one width: H^2 = 1 - exp(-(shift / sigma)^2 / 8).
    bins = np.diff(1e9 * np.exp(-((np.linspace(-6, 7, 400)) ** 2) / 2).cumsum()).astype(int)
    moved = np.diff(1e9 * np.exp(-((np.linspace(-6, 7, 400) - 1) ** 2) / 2).cumsum()).astype(int)

    value = hellinger(counted(bins.tolist()), counted(moved.tolist()))

    assert value**2 == pytest.approx(1 - np.exp(-1 / 8), abs=1e-4)
