from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.estimation.day_variance import day_variance


def test_errors_of_chance_alone_leave_little_variance_between_days() -> None:
    errors = np.random.default_rng(0).normal(scale=0.1, size=2_000)
    assert day_variance(errors, np.full(2_000, 0.1)) < 0.001
    assert day_variance([0.0, 0.0], [0.1, 0.1]) == 0.0


def test_the_bound_lies_above_the_truth_nine_times_in_ten() -> None:
    generator = np.random.default_rng(0)
    errors = generator.normal(scale=np.hypot(0.3, 0.1), size=(2_000, 7))
    bounds = [day_variance(row, np.full(7, 0.1)) for row in errors]
    assert np.mean(np.array(bounds) > 0.09) == pytest.approx(0.9, abs=0.02)


def test_many_days_come_close_to_the_truth() -> None:
    errors = np.random.default_rng(0).normal(scale=0.3, size=5_000)
    assert day_variance(errors, np.zeros(5_000)) == pytest.approx(0.09, rel=0.08)


def test_days_without_a_defined_error_are_left_out() -> None:
    nothing = float("nan")
    assert day_variance([0.2, nothing, 0.1], [0.1, 0.1, nothing]) == day_variance([0.2], [0.1])
    assert np.isnan(day_variance([nothing], [0.1]))
