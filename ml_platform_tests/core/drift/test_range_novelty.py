from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.drift.range_novelty import range_novelty
from ml_platform_tests.core.drift.profiles import counted, edges_of, profiled

KNOWN = np.arange(101.0)
EDGES = edges_of(KNOWN)
REFERENCE = profiled(KNOWN, EDGES)


def _novelty(*values: float) -> float:
    return range_novelty(REFERENCE, profiled(np.array(values), EDGES))


def test_as_far_out_as_the_range_is_wide_weighs_half() -> None:
    assert _novelty(50, 200, 200, 200) == pytest.approx(3 / 4 / 2)
    assert _novelty(50, -100, -100, -100) == pytest.approx(3 / 4 / 2)


def test_both_ends_add() -> None:
    assert _novelty(200, 200, -100, -100) == pytest.approx(1 / 2)


def test_farther_weighs_more_and_inside_weighs_nothing() -> None:
    assert 0 == _novelty(0, 50, 100) < _novelty(101, 101) < _novelty(150, 150) < _novelty(1e9, 1e9)


def test_the_farthest_is_left_out_of_the_mean() -> None:
    assert _novelty(110, 110, 110, 1e6) == pytest.approx(_novelty(110, 110, 110, 110))
    assert _novelty(1e6) == pytest.approx(1, abs=1e-3)


def test_what_the_reference_already_had_in_its_tails_is_not_new() -> None:
    wider = profiled(np.append(KNOWN, [200.0]), EDGES)

    assert range_novelty(wider, profiled(np.array([150.0, 200.0, 190.0]), EDGES)) == 0


def test_beyond_a_single_known_value_all_is_new() -> None:
    edges = edges_of(np.full(9, 7.0))
    reference = profiled(np.full(9, 7.0), edges)

    assert range_novelty(reference, profiled(np.array([7.0, 8.0, 8.0, 6.0]), edges)) == 0.75


def test_a_sum_beyond_all_floats_is_infinitely_far() -> None:
    assert _novelty(50, 50, 1.7e308, 1.7e308, 1.7e308) == pytest.approx(3 / 5)


def test_a_column_without_numbers_has_no_range() -> None:
    assert np.isnan(range_novelty(counted([0, 0]), counted([1, 1])))
