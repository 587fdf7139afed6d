from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from ml_platform.core.drift.multiplicity import adjusted, rejection_level

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=40).map(np.array)


@given(P_VALUES)
def test_it_is_what_scipy_computes(p_values: np.ndarray) -> None:
    assert adjusted(p_values, len(p_values)) == pytest.approx(false_discovery_control(p_values))


@given(P_VALUES)
def test_what_was_not_tested_does_not_count(p_values: np.ndarray) -> None:
    with_gaps = adjusted(np.append(p_values, [np.nan, np.nan]), len(p_values))

    assert with_gaps[:-2] == pytest.approx(adjusted(p_values, len(p_values)))
    assert np.isnan(with_gaps[-2:]).all()


@given(P_VALUES, st.floats(1, 60))
def test_a_p_value_is_never_made_smaller(p_values: np.ndarray, tests: float) -> None:
    assert (adjusted(p_values, tests) >= p_values * (1 - 1e-12)).all()


@given(P_VALUES, st.sampled_from([0.001, 0.05, 0.3]), st.floats(1, 60))
def test_the_rejected_are_those_up_to_the_level(
    p_values: np.ndarray, level: float, tests: float
) -> None:
    found = adjusted(p_values, tests)

    bound = rejection_level(found, level, tests)

    rejected = found <= level
    assert (p_values[rejected] <= bound * (1 + 1e-9)).all()
    assert (p_values[~rejected] > bound * (1 - 1e-9)).all()


def test_without_hypotheses_there_is_still_a_level() -> None:
    assert rejection_level(np.array([np.nan]), 0.05, 2.0) == 0.025
