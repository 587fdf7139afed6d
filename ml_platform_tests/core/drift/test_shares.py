from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.drift.shares import array_of, shares_of
from ml_platform.core.profile import ProfileError
from ml_platform_tests.core.drift.profiles import counted


def test_both_sides_come_as_shares() -> None:
    shares = shares_of(counted([1, 3]), counted([2, 2]))

    assert shares is not None
    np.testing.assert_array_equal(shares, [[0.25, 0.75], [0.5, 0.5]])


def test_a_side_without_values_has_none() -> None:
    assert shares_of(counted([0, 0]), counted([2, 2])) is None
    assert shares_of(counted([2, 2]), counted([0, 0])) is None


def test_what_is_kept_cannot_be_changed_by_who_asks() -> None:
    with pytest.raises(ValueError, match="read-only"):
        array_of((1.0, 2.0))[0] = 5
    shares = shares_of(counted([1, 3]), counted([2, 2]))
    assert shares is not None
    with pytest.raises(ValueError, match="read-only"):
        shares[0][0] = 5


def test_different_bins_are_refused() -> None:
    with pytest.raises(ProfileError, match="different bins"):
        shares_of(counted([1, 3]), counted([2, 2, 2]))
