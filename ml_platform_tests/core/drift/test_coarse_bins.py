from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from ml_platform.core.drift.coarse_bins import coarse_shares
from ml_platform.core.profile import ColumnProfile, ProfileError
from ml_platform_tests.core.drift.profiles import counted, pairs


@given(pairs())
def test_no_share_is_lost_and_few_bins_are_left(pair: tuple[ColumnProfile, ColumnProfile]) -> None:
    shares = coarse_shares(*pair)

    for profile, coarse in zip(pair, shares, strict=True):
        assert coarse.sum() == pytest.approx(1.0 if profile.values else 0.0)
        assert len(coarse) <= 10


def test_even_bins_become_deciles() -> None:
    reference = counted([0, *[10] * 60, 0])

    expected, _ = coarse_shares(reference, reference)

    np.testing.assert_allclose(expected, np.full(10, 0.1))


def test_a_heavy_bin_stays_alone_wherever_it_lies() -> None:
    reference = counted([0, 5, 5, 80, 5, 5, 0])
    analysis = counted([1, 0, 0, 70, 0, 0, 29])

    expected, found = coarse_shares(reference, analysis)

    assert expected[-1] == pytest.approx(0.8)
    assert found[-1] == pytest.approx(0.7)


def test_the_tails_join_their_neighbours() -> None:
    reference = counted([0, *[10] * 20, 0])
    outside = counted([40, *[0] * 20, 60])

    _, found = coarse_shares(reference, outside)

    np.testing.assert_allclose(found, [0.4, *[0] * 8, 0.6])


def test_light_bins_are_joined_until_each_can_be_counted() -> None:
    reference = counted([96, 1, 1, 1, 1])

    expected, _ = coarse_shares(reference, reference)

    np.testing.assert_allclose(sorted(expected), [0.02, 0.02, 0.96])


def test_different_bins_are_refused() -> None:
    with pytest.raises(ProfileError, match="different bins"):
        coarse_shares(counted([1, 2]), counted([1, 2, 3]))
