from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ecdf, ks_2samp

from ml_platform.core.drift.kolmogorov_smirnov import kolmogorov_smirnov
from ml_platform_tests.core.drift.profiles import edges_of, profiled

whole = st.lists(st.integers(-20, 20), min_size=1, max_size=200).map(lambda v: np.array(v, float))


@given(whole, whole)
def test_on_few_distinct_values_it_is_what_scipy_says_of_the_rows(
    reference: np.ndarray, analysis: np.ndarray
) -> None:
    # Every value of the reference has a bin of its own; what lies between joins a neighbour.
    edges = edges_of(reference)
    value = kolmogorov_smirnov(profiled(reference, edges), profiled(analysis, edges))
    points = np.union1d(reference, analysis)
    exact = np.abs(ecdf(reference).cdf.evaluate(points) - ecdf(analysis).cdf.evaluate(points)).max()

    assert value <= exact + 1e-12
    if set(analysis) <= set(reference):
        assert value == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("shift", [0.0, 0.05, 0.3, 1.0, 8.0])
@pytest.mark.parametrize("spread", [0.5, 1.0, 2.0])
def test_on_any_numbers_it_misses_at_most_the_share_of_a_bin(shift: float, spread: float) -> None:
    generator = np.random.default_rng(0)
    reference = np.append(generator.normal(size=20_000), np.zeros(3_000))
    analysis = generator.normal(shift, spread, size=4_000)
    edges = edges_of(reference)

    value = kolmogorov_smirnov(profiled(reference, edges), profiled(analysis, edges))

    exact = ks_2samp(reference, analysis, method="asymp").statistic
    assert exact - 1 / 64 <= value <= exact + 1e-12
