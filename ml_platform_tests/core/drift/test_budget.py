from __future__ import annotations

from dataclasses import replace
from math import isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from ml_platform.core.drift.budget import alarm_level, paid_tests, threshold_alone
from ml_platform.core.drift.cadence import DAYS, cadence_of
from ml_platform.core.drift.calibration import Calibration

KNOWN = Calibration("x", "psi", 1, 0.01, 50, -3.0, 0.3, 20.0, 40.0)
SILENT = replace(KNOWN, mean=-5.2, spread=0.05)
UNKNOWN = Calibration("y", "psi", 1, 0.01, 3, why="3 of the 14 partitions")
CALIBRATIONS = st.builds(replace, st.just(KNOWN), mean=st.floats(-6, -2), spread=st.floats(0.05, 1))


@pytest.mark.parametrize("budget", [1, 2, 5, 20])
def test_nine_of_ten_years_are_within_the_budget(budget: int) -> None:
    expected = alarm_level(budget, DAYS) * DAYS.per_year

    assert poisson.cdf(budget, expected) == pytest.approx(0.9)


def test_no_more_is_expected_than_the_budget_or_than_there_are_partitions() -> None:
    assert alarm_level(0.05, DAYS) * DAYS.per_year == pytest.approx(0.05)
    assert alarm_level(40, cadence_of(["2026-01-01", "2026-02-01"])) == 1


def test_each_column_bears_its_share() -> None:
    tests = paid_tests([KNOWN, KNOWN, UNKNOWN], 0.01)

    threshold = threshold_alone(KNOWN, tests, 0.01)

    assert tests == pytest.approx(2)
    assert KNOWN.p_value(threshold) == pytest.approx(0.005)
    assert isnan(threshold_alone(UNKNOWN, tests, 0.01))


def test_a_test_that_its_floor_keeps_silent_takes_nothing_of_the_budget() -> None:
    assert SILENT.size < 1e-9
    assert paid_tests([KNOWN, KNOWN, *[SILENT] * 50], 0.01) == pytest.approx(2)


def test_a_test_whose_alarms_last_takes_more() -> None:
    weekly = replace(KNOWN, span=7)

    assert paid_tests([KNOWN, weekly], 0.01) == pytest.approx(1 + 1.55)


@pytest.mark.parametrize("family", [[], [UNKNOWN], [SILENT] * 9])
def test_where_no_budget_is_needed_there_is_one_test(family: list[Calibration]) -> None:
    assert paid_tests(family, 0.01) == 1


@given(st.lists(CALIBRATIONS, min_size=1, max_size=20), st.floats(1e-4, 0.1))
def test_all_tests_together_raise_no_more_than_the_level(
    family: list[Calibration], level: float
) -> None:
    tests = paid_tests(family, level)

    raised = sum(min(level / tests, each.size) for each in family)

    assert raised <= level * (1 + 1e-9)
    assert 1 <= tests <= len(family) * (1 + 1e-9)
    if tests > 1:
        assert raised == pytest.approx(level)
