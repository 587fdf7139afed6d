from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given

from ml_platform.core.drift.unseen_rate import unseen_rate
from ml_platform.core.profile import ColumnProfile
from ml_platform_tests.core.drift.profiles import counted, edges_of, pairs, profiled


@given(pairs())
def test_it_is_bounded(pair: tuple[ColumnProfile, ColumnProfile]) -> None:
    value = unseen_rate(*pair)

    assert 0 <= value <= 1 if all(p.values for p in pair) else isnan(value)


def test_new_categories_count_and_known_ones_do_not() -> None:
    reference = counted([90, 10], kind="categorical")

    assert unseen_rate(reference, counted([70, 30], kind="categorical")) == pytest.approx(0.2)
    assert unseen_rate(reference, counted([95, 5], kind="categorical")) == 0


def test_values_beyond_the_known_range_count_on_both_sides() -> None:
    reference = np.arange(100.0)
    edges = edges_of(reference)
    beyond = profiled(np.array([-1.0, 0.0, 50.5, 99.0, 99.5]), edges)

    assert unseen_rate(profiled(reference, edges), beyond) == pytest.approx(0.4)


def test_without_a_known_range_every_value_is_as_good_as_any() -> None:
    assert unseen_rate(counted([5]), counted([7])) == 0
