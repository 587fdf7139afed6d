from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.concept_drift.run_length import average_run_length, decision_bound


def exact_run_length(allowance: float, bound: float, shift: float) -> float:
    """Brook and Evans (1972): the CUSUM as a Markov chain of 400 states."""
    from scipy.stats import norm

    states = 400
    width = 2 * bound / (2 * states - 1)
    middle = np.arange(states) * width
    edges = np.append(middle - width / 2, bound)
    moves = norm.cdf(edges[None, :] - middle[:, None] + allowance - shift)
    chain = np.diff(moves, axis=1)
    chain[:, 0] = moves[:, 1]
    return float(np.linalg.solve(np.eye(states) - chain, np.ones(states))[0])


@pytest.mark.parametrize(("bound", "shift"), [(3.0, 0.0), (4.0, 0.0), (4.0, 1.0), (5.0, 0.5)])
def test_the_approximation_is_near_the_exact_run_length(bound: float, shift: float) -> None:
    exact = exact_run_length(0.5, bound, shift)
    assert average_run_length(0.5, bound, shift) == pytest.approx(exact, rel=0.06)


@given(st.floats(0.1, 1.5), st.floats(20, 1e6))
def test_the_bound_has_the_run_length_that_was_asked_for(allowance: float, length: float) -> None:
    bound = decision_bound(allowance, length)
    assert bound == 0 or average_run_length(allowance, bound) == pytest.approx(length, rel=1e-6)


def test_more_alarms_than_days_need_no_bound() -> None:
    assert decision_bound(0.5, 1.0) == 0.0
