import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from ml_platform.core.service_level.proportion import exact_interval


@given(st.integers(0, 500), st.integers(1, 500), st.sampled_from([0.9, 0.95, 0.99]))
def test_it_is_the_interval_of_clopper_and_pearson(hits: int, more: int, confidence: float) -> None:
    trials = hits + more
    expected = binomtest(hits, trials).proportion_ci(confidence, method="exact")
    found = exact_interval(hits, trials, confidence)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert found.value == hits / trials


@pytest.mark.parametrize("hits", [0, 7])
def test_none_and_all_have_an_open_end(hits: int) -> None:
    found = exact_interval(hits, 7)
    assert (found.low == 0.0, found.high == 1.0) == (hits == 0, hits == 7)
