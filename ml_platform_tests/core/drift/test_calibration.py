from __future__ import annotations

from dataclasses import replace
from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from ml_platform.core.drift.calibration import Calibration

UNBOUNDED = Calibration("x", "psi", 7, 0.01, 50, log(0.1), 0.3, 6.0, 7.0)
BOUNDED = replace(UNBOUNDED, statistic="kolmogorov_smirnov", mean=-1.0, floor=0.02)
NORMAL = replace(UNBOUNDED, freedom=inf)


def test_the_p_value_is_that_of_the_prediction_interval() -> None:
    sure = (log(0.3 + 0.005) - log(0.1)) / (0.3 * np.sqrt(1 + 1 / 7))

    assert UNBOUNDED.p_value(0.3) == pytest.approx(t.sf(sure, 6))
    assert NORMAL.p_value(0.3) == pytest.approx(norm.sf(sure))


@pytest.mark.parametrize("calibration", [UNBOUNDED, BOUNDED, NORMAL])
@given(p_value=st.floats(1e-7, 0.4))
def test_the_threshold_of_a_p_value_has_that_p_value(
    calibration: Calibration, p_value: float
) -> None:
    threshold = calibration.value_at(p_value)

    assert threshold >= calibration.floor
    if threshold > calibration.floor:
        assert calibration.p_value(threshold) == pytest.approx(p_value, rel=1e-6)


@pytest.mark.parametrize("calibration", [UNBOUNDED, BOUNDED, NORMAL])
@pytest.mark.parametrize("p_value", [1.0, 1.8])
def test_every_value_has_a_p_value_of_one_at_most(calibration: Calibration, p_value: float) -> None:
    assert calibration.value_at(p_value) == calibration.floor


@pytest.mark.parametrize("calibration", [UNBOUNDED, BOUNDED])
@given(first=st.floats(0, 1), second=st.floats(0, 1))
def test_greater_values_are_never_less_odd(
    calibration: Calibration, first: float, second: float
) -> None:
    low, high = sorted((first, second))

    assert calibration.p_value(high) <= calibration.p_value(low)


def test_nothing_within_the_floor_is_odd() -> None:
    quiet = replace(UNBOUNDED, mean=log(1e-6), spread=0.01, freedom=inf)

    assert quiet.p_value(0.01) == 1
    assert quiet.p_value(0.011) < 1e-6
    assert quiet.value_at(1e-5) == 0.01


def test_the_size_is_how_often_a_value_exceeds_the_floor() -> None:
    assert UNBOUNDED.size == pytest.approx(UNBOUNDED.p_value(0.01 + 1e-12))
    weekly = replace(UNBOUNDED, effects=(0.0, 1.0, -1.0))
    assert weekly.size == pytest.approx(weekly.p_value(0.01 + 1e-12, phase=1))


def test_a_weekday_with_greater_values_has_a_higher_threshold() -> None:
    weekly = replace(UNBOUNDED, effects=(0.0,) * 6 + (1.0,))

    assert weekly.value_at(0.01, 6) + 0.005 == pytest.approx(
        exp(1) * (weekly.value_at(0.01, 5) + 0.005)
    )
    assert weekly.p_value(0.3, 6) > weekly.p_value(0.3, 5)


def test_a_bounded_statistic_can_always_alarm() -> None:
    # Temperatures of one winter week share little with the others; those of July nothing.
    assert replace(BOUNDED, mean=0.0, spread=0.7, freedom=9.0).value_at(1e-4) < 1


def test_what_two_windows_can_say_is_nothing() -> None:
    assert replace(UNBOUNDED, freedom=1.0, spread=100.0).value_at(1e-6) == inf


def test_rows_of_the_table_give_it_back() -> None:
    weekly = replace(UNBOUNDED, effects=(0.5, -0.5), note="said")

    assert Calibration.from_row(weekly.to_row() | {"model_version": 3}) == weekly
