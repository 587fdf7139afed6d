from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ml_platform.core.concept_drift.label_rate import two_sided_bound
from ml_platform.core.concept_drift.mean_reference import MeanReference

ROWS = 60


def history(days: int, spread: float, seed: int = 0) -> tuple[Any, Any]:
    """Values of rows, whose days lie around .3, and the day of each."""
    generator = np.random.default_rng(seed)
    levels = generator.normal(0.3, spread, days)
    rate = levels[:, None] + generator.normal(0, 0.1, (days, ROWS))
    return rate.ravel(), np.repeat([str(2000 + day) for day in range(days)], ROWS)


def kept(spread: float = 0.05, days: int = 40, seed: int = 0) -> MeanReference:
    rate, day = history(days, spread, seed)
    return MeanReference.of(rate, day, day >= str(2000 + days - 7))


def test_the_mean_is_the_hold_outs_and_the_variance_that_of_all_days() -> None:
    rate, day = history(40, 0.05)
    found = kept()
    assert found.mean == pytest.approx(rate[day >= "2033"].mean())
    assert (found.rows, found.days, found.known_days) == (7 * ROWS, 7, 40)
    assert found.row_variance == pytest.approx(0.01, rel=0.1)
    assert 0.05**2 * 0.7 < found.day_variance < 0.05**2 * 2.5


def test_the_order_of_rows_changes_nothing() -> None:
    rate, day = history(40, 0.05)
    order = np.random.default_rng(1).permutation(len(rate))
    shuffled = MeanReference.of(rate[order], day[order], day[order] >= "2033")
    for name, value in vars(shuffled).items():
        assert value == pytest.approx(vars(kept())[name])


def test_days_that_vary_allow_more_and_more_days_allow_less() -> None:
    calm, wild = kept(0.0), kept(0.1)
    off = calm.mean - wild.mean
    assert calm.deviations(0.4, 3 * ROWS, 3) > 2 * wild.deviations(0.4 - off, 3 * ROWS, 3) > 0
    assert wild.deviations(0.4 - off, 30 * ROWS, 30) > wild.deviations(0.4 - off, 3 * ROWS, 3)
    assert wild.deviations(0.4 - off, 100 * ROWS, 3) > wild.deviations(0.4 - off, ROWS, 3)
    assert wild.deviations(0.0, ROWS, 3) < 0


def test_what_never_varied_is_off_at_once_where_it_differs() -> None:
    day = np.repeat(["a", "b", "c"], 20)
    still = MeanReference.of(np.full(60, 0.25), day, np.arange(60) > 39)
    assert still.deviations(0.25, 20, 1) == 0.0
    assert still.deviations(0.3, 20, 1) == np.inf
    assert still.deviations(0.2, 20, 1) == -np.inf


@pytest.mark.parametrize("days", [14, 28])
def test_false_alarms_keep_the_declared_budget(days: int) -> None:
    """Each history is judged once by the three days after it, at ten alarms in a hundred."""
    bound, alarms = two_sided_bound(10, 100), 0
    for seed in range(300):
        rate, day = history(days + 3, 0.05, seed)
        known, after = day < str(2000 + days), rate[day >= str(2000 + days)]
        found = MeanReference.of(rate[known], day[known], day[known] >= str(2000 + days - 7))
        alarms += abs(found.deviations(float(after.mean()), len(after), 3)) > bound
    assert 0 < alarms / 300 <= 0.1


def test_a_single_day_tells_nothing_of_days_and_still_gives_a_mean() -> None:
    rate = np.full(50, 0.2)
    found = MeanReference.of(rate, np.repeat(["a"], 50), np.ones(50, dtype=bool))
    assert (found.mean, found.known_days, found.correlation) == (pytest.approx(0.2), 1, 0.0)


def test_a_lasting_shift_is_beyond_the_bound_of_a_year_within_three_days() -> None:
    """Six weeks of days that vary by .02, then days of a tenth more."""
    bound, found = two_sided_bound(1, 365.25), 0
    for seed in range(50):
        rate, day = history(45, 0.02, seed)
        known, after = day < "2042", rate[day >= "2042"] + 0.1
        kept_mean = MeanReference.of(rate[known], day[known], day[known] >= "2035")
        found += kept_mean.deviations(float(after.mean()), len(after), 3) > bound
    assert found >= 48
