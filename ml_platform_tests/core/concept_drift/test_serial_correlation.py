from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.concept_drift.serial_correlation import lag_one, variance_of_mean


def chained(days: int, correlation: float, seed: int) -> np.ndarray:
    """An autoregression of order 1 with variance 1."""
    generator = np.random.default_rng(seed)
    found = generator.normal(size=days)
    for day in range(1, days):
        found[day] = correlation * found[day - 1] + np.sqrt(1 - correlation**2) * found[day]
    return found


@pytest.mark.parametrize("correlation", [0.2, 0.5])
@pytest.mark.parametrize("days", [20, 60])
def test_short_series_do_not_understate_the_correlation(days: int, correlation: float) -> None:
    found = []
    for seed in range(400):
        series = chained(days, correlation, seed)
        found.append(lag_one(series - series.mean()))
    assert np.mean(found) == pytest.approx(correlation, abs=0.06)


@pytest.mark.parametrize("correlation", [0.2, 0.5])
def test_what_each_day_has_by_chance_does_not_hide_the_correlation(correlation: float) -> None:
    with_chance, blind = [], []
    for seed in range(400):
        noise = np.random.default_rng(1_000 + seed).normal(0, 0.7, 60)
        series = chained(60, correlation, seed) + noise
        with_chance.append(lag_one(series - series.mean(), chance=0.49))
        blind.append(lag_one(series - series.mean()))
    assert np.mean(with_chance) == pytest.approx(correlation, abs=0.06)
    assert np.mean(blind) < 0.8 * correlation


def test_where_all_may_be_chance_the_correlation_has_a_bound() -> None:
    series = chained(60, 0.5, 0)
    assert 0 <= lag_one(series - series.mean(), chance=1e9) <= 0.9


def test_a_correlation_lies_between_none_and_nine_tenths() -> None:
    assert lag_one(np.array([1.0, -1.0] * 20)) == 0.0
    assert lag_one(np.repeat([1.0, -1.0], 50)) == 0.9


def test_too_few_days_or_none_that_differ_have_no_correlation() -> None:
    assert lag_one(np.array([1.0, -1.0])) == 0.0
    assert lag_one(np.zeros(9)) == 0.0


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_the_variance_of_a_mean_is_that_of_an_autoregression(correlation: float) -> None:
    means = [chained(7, correlation, seed).mean() for seed in range(4_000)]
    assert np.var(means) == pytest.approx(variance_of_mean(7, correlation), rel=0.1)


def test_one_day_varies_as_one_day_does() -> None:
    assert variance_of_mean(1, 0.7) == 1.0
