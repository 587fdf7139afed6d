from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from ml_platform.core.drift.hysteresis import CLEARS_AT, LOOKBACK, alarms, lasting

LEVEL = 0.01
RAISES, HOLDS, CLEARS, UNKNOWN = 0.005, 0.05, 0.5, float("nan")


@pytest.mark.parametrize(
    ("windows", "alarm"),
    [
        ([RAISES], True),
        ([HOLDS], False),
        ([RAISES, HOLDS], True),
        ([RAISES, HOLDS, CLEARS], False),
        ([RAISES, CLEARS, HOLDS], False),
        ([RAISES, UNKNOWN, HOLDS], True),
        ([UNKNOWN], False),
    ],
)
def test_an_alarm_is_raised_high_and_cleared_low(windows: list[float], alarm: bool) -> None:
    assert alarms(np.array(windows)[:, None], LEVEL).tolist() == [alarm]


def test_with_a_generous_budget_an_ordinary_window_ends_an_alarm() -> None:
    assert alarms(np.array([[0.1], [0.4]]), 0.14).tolist() == [True]
    assert alarms(np.array([[0.1], [0.6]]), 0.14).tolist() == [False]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8), st.lists(st.floats(0, 1), max_size=8))
def test_nothing_before_a_clearing_matters(after: list[float], before: list[float]) -> None:
    shown = alarms(np.array([*before, 1.0, *after])[:, None], LEVEL)

    assert shown.tolist() == alarms(np.array(after)[:, None], LEVEL).tolist()


@pytest.mark.parametrize("span", [1, 3, 7])
def test_an_alarm_lasts_as_long_as_windows_overlap(span: int) -> None:
    """Trailing means of independent normal values, at a level that is met often enough to count."""
    level = 2e-4
    total = np.cumsum(np.random.default_rng(0).standard_normal(3_000_000))
    windows = norm.sf((total[span:] - total[:-span]) / np.sqrt(span))
    raised = np.flatnonzero(windows <= level)
    after = windows[np.minimum(raised[:, None] + np.arange(LOOKBACK + 1), len(windows) - 1)]
    lasts = np.logical_and.accumulate(after <= CLEARS_AT * level, axis=1)
    days = {
        int(d) for start, held in zip(raised, lasts, strict=True) for d in start + held.nonzero()[0]
    }

    assert lasting(span) == pytest.approx(len(days) / len(raised), rel=0.08)


@given(st.integers(1, 400), st.integers(1, 400))
def test_alarms_of_longer_windows_last_longer(first: int, second: int) -> None:
    short, long = sorted((first, second))

    assert 1 <= lasting(short) <= lasting(long) <= LOOKBACK
