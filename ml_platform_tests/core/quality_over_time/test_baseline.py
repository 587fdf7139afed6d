from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from ml_platform.core.quality_over_time.baseline import Baseline, baseline

FLAT = np.zeros(56, dtype=np.int64)
WEEKDAYS = np.arange(56, dtype=np.int64) % 7


def _of(values: np.ndarray, phase: int = 0, cycle: int = 1) -> Baseline:
    phases = np.arange(len(values), dtype=np.int64) % cycle
    return baseline(values, phases, phase, cycle, pairs=8)


@pytest.mark.parametrize("size", [14, 56])
def test_of_normal_days_centre_and_spread_are_those_they_were_drawn_from(size: int) -> None:
    generator = np.random.default_rng(0)
    found = [_of(generator.normal(5, 2, size)) for _ in range(300)]

    assert np.mean([each.centre for each in found]) == pytest.approx(5, abs=0.1)
    # Never too small on the whole: the greater of two estimates, and each day left out.
    assert 2.0 <= np.mean([each.spread for each in found]) <= 2.6


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=60), st.integers(0, 59))
def test_each_distance_is_to_the_median_of_the_others(values: list[float], at: int) -> None:
    past = np.array(values)
    sizes = np.abs([v - np.median(np.delete(past, i)) for i, v in enumerate(past)])
    factor = len(past) / (len(past) - 0.8)
    middle = np.median(sizes) / stats.norm.ppf(0.75)
    tail = np.quantile(sizes, 0.9) / stats.norm.ppf(0.95)

    assert _of(past).spread == pytest.approx(factor * max(middle, tail), rel=1e-9, abs=1e-9)
    assert _of(past).centre == np.median(past)


def test_a_few_wrong_days_hardly_move_it() -> None:
    days = np.random.default_rng(1).normal(5, 1, 56)
    wrong = days.copy()
    wrong[[3, 20, 41]] = [1e6, -1e6, 1e6]

    assert _of(wrong).centre == pytest.approx(_of(days).centre, abs=0.1)
    assert _of(wrong).spread < 2 * _of(days).spread


def test_days_that_always_stray_widen_the_spread_before_the_weekdays_are_known() -> None:
    days = np.where(WEEKDAYS[:28] == 5, -0.25, 0.0)

    assert _of(days, cycle=7).spread > 0.1
    assert not _of(days, cycle=7).by_phase


def test_from_eight_weeks_on_a_saturday_is_held_against_saturdays() -> None:
    days = np.random.default_rng(2).normal(0, 0.01, 56) + np.where(WEEKDAYS == 5, -0.25, 0.0)

    saturday, monday = _of(days, phase=5, cycle=7), _of(days, phase=0, cycle=7)

    assert saturday.by_phase
    assert saturday.centre == pytest.approx(-0.25, abs=0.02)
    assert monday.centre == pytest.approx(0, abs=0.02)
    assert saturday.spread < 0.03


def test_weekdays_that_do_not_differ_are_not_held_apart() -> None:
    generator = np.random.default_rng(3)
    apart = [_of(generator.normal(size=56), cycle=7).by_phase for _ in range(100)]

    assert sum(apart) < 10


def test_a_weekday_that_never_was_is_held_against_all_days() -> None:
    days = np.where(WEEKDAYS == 5, -0.25, 0.0)[WEEKDAYS != 6]
    phases = WEEKDAYS[WEEKDAYS != 6]

    found = baseline(np.tile(days, 2), np.tile(phases, 2), 6, 7, pairs=8)

    assert not found.by_phase
    assert found.centre == 0


@pytest.mark.parametrize("chance", [0.05, 0.01, 0.001])
def test_a_value_lies_beyond_the_reach_no_more_often_than_asked_for(chance: float) -> None:
    generator = np.random.default_rng(4)
    beyond = 0
    for _ in range(4_000):
        days = generator.normal(size=29)
        found = _of(days[:28])
        beyond += days[28] > found.centre + found.reach(chance, noise=0)

    assert beyond <= stats.binom.isf(0.001, 4_000, chance)


def test_a_spread_below_the_noise_of_counting_is_not_believed() -> None:
    still = _of(np.zeros(28))

    assert still.reach(0.001, noise=0) == 0
    assert still.reach(0.001, noise=0.1) > 0.3


def test_a_phase_with_a_single_value_says_nothing_of_the_spread() -> None:
    days = np.where(WEEKDAYS == 5, -0.25, 0.0)[WEEKDAYS != 6]
    phases = WEEKDAYS[WEEKDAYS != 6]
    days, phases = np.append(np.tile(days, 2), 9.0), np.append(np.tile(phases, 2), 6)

    found = baseline(days, phases, 5, 7, pairs=8)

    assert (found.by_phase, found.centre, found.spread) == (True, -0.25, 0.0)
