from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.drift.effective_number import effective_number


def _autoregression(correlation: float, count: int) -> np.ndarray:
    noise = np.random.default_rng(0).standard_normal(count)
    series = [noise[0]]
    for each in noise[1:]:
        series.append(correlation * series[-1] + np.sqrt(1 - correlation**2) * each)
    return np.array(series)


def test_independent_values_count_in_full() -> None:
    assert effective_number(_autoregression(0.0, 4_000), 1) == pytest.approx(4_000, rel=0.1)


def test_correlated_values_count_for_less() -> None:
    # An autoregression of .5 is worth a third: (1 - .5) / (1 + .5).
    assert effective_number(_autoregression(0.5, 4_000), 1) == pytest.approx(4_000 / 3, rel=0.1)


def test_overlapping_windows_count_once() -> None:
    days = np.random.default_rng(0).standard_normal(4_006)
    weeks = np.convolve(days, np.ones(7), "valid")

    assert effective_number(weeks, 7) == pytest.approx(4_000 / 7, rel=0.1)


def test_a_series_that_never_changes_has_no_correlation() -> None:
    assert effective_number(np.zeros(50), 1) == 50
    assert effective_number(np.full(56, np.log(0.1) - 1.1), 1) == 56


def test_a_series_shorter_than_the_lag_has_none_either() -> None:
    assert effective_number(np.arange(5.0), 7) == pytest.approx(5 / 7)
