from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import halfnorm, norm

from ml_platform.core.drift.upper_tail import UpperTail, upper_tail


def _standardised(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


def test_a_normal_tail_stays_as_it_is() -> None:
    tail = upper_tail(_standardised(np.random.default_rng(0).standard_normal(100_000)))

    assert (tail.shift, tail.stretch) == pytest.approx((0, 1), abs=0.03)


def test_a_short_tail_is_taken_for_a_normal_one() -> None:
    assert upper_tail(_standardised(np.random.default_rng(0).random(1_000))) == UpperTail(0.0, 1.0)


@pytest.mark.parametrize("p_value", [1e-3, 1e-4])
def test_the_absolute_value_of_a_difference_is_told_beyond_what_was_seen(p_value: float) -> None:
    """Taken as normal by mean and variance, half-normal values exceed it many times as often."""
    mean, spread = halfnorm.stats(moments="m"), halfnorm.std()
    tail = upper_tail((np.abs(np.random.default_rng(0).standard_normal(20_000)) - mean) / spread)
    threshold = tail.shift + tail.stretch * norm.isf(p_value)

    found = halfnorm.sf(mean + spread * threshold)

    assert p_value / 3 < found < 3 * p_value
    assert halfnorm.sf(mean + spread * norm.isf(p_value)) > 4 * p_value
