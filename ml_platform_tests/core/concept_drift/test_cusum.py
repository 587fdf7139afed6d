from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.concept_drift.cusum import LARGEST, upper_cusum
from ml_platform.core.concept_drift.run_length import decision_bound

VALUES = st.lists(st.floats(-5, 5), max_size=50)


@given(VALUES)
def test_the_sum_stays_between_nothing_and_twice_the_bound(values: list[float]) -> None:
    sums = upper_cusum(values, 0.5, 4.0)
    assert len(sums) == len(values)
    assert ((sums >= 0) & (sums <= 8)).all()


@given(VALUES, VALUES)
def test_what_comes_later_changes_nothing_before(first: list[float], then: list[float]) -> None:
    whole = upper_cusum([*first, *then], 0.5, 4.0)
    assert whole[: len(first)].tolist() == upper_cusum(first, 0.5, 4.0).tolist()


def test_one_storm_raises_no_alarm_and_a_lasting_shift_does() -> None:
    assert upper_cusum([0.0, 40.0, 0.0], 0.5, 4.0).max() == LARGEST - 0.5
    assert upper_cusum([1.5] * 5, 0.5, 4.0)[-1] > 4.0


def test_the_alarm_clears_once_the_cause_is_gone() -> None:
    sums = upper_cusum([3.0] * 200 + [0.0] * 9, 0.5, 4.0)
    assert sums[199] == 8.0
    assert sums[-1] < 4.0


def test_false_alarms_keep_the_declared_budget() -> None:
    """Of a thousand years of days without drift, each ended by its first alarm."""
    bound, alarms, days = decision_bound(0.5, 365), 0, 0
    generator = np.random.default_rng(0)
    while days < 365_000:
        over = upper_cusum(generator.normal(size=3_000), 0.5, bound) > bound
        length = int(np.argmax(over)) + 1 if over.any() else 3_000
        alarms, days = alarms + bool(over.any()), days + length
    assert days / alarms == pytest.approx(365, rel=0.15)
