from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import kl_div

from ml_platform.core.drift.psi import psi
from ml_platform.core.profile import ColumnProfile
from ml_platform_tests.core.drift.profiles import counted, edges_of, pairs, profiled

MOST = 2 * (1 - 1e-4) * np.log(1e4)


@given(pairs())
def test_it_is_never_negative_and_bounded(pair: tuple[ColumnProfile, ColumnProfile]) -> None:
    value = psi(*pair)

    if all(profile.values for profile in pair):
        assert 0 <= value <= MOST + 0.01
    else:
        assert isnan(value)


@given(st.lists(st.integers(1, 1_000), min_size=1, max_size=40))
def test_a_profile_has_not_moved_from_itself(counts: list[int]) -> None:
    assert psi(counted(counts), counted([3 * c for c in counts])) == pytest.approx(0, abs=1e-12)


def test_it_is_the_symmetric_divergence_of_scipy() -> None:
    reference, analysis = counted([30, 30, 40]), counted([60, 20, 20])
    r, a = reference.shares, analysis.shares

    assert psi(reference, analysis) == pytest.approx((kl_div(r, a) + kl_div(a, r)).sum())


def test_a_shift_of_half_a_sigma_is_seen_despite_an_outlier() -> None:
    generator = np.random.default_rng(0)
    values, shifted = generator.normal(size=20_000), generator.normal(0.5, 1, size=5_000)
    edges = edges_of(np.append(values, 1e6))
    reference = profiled(np.append(values, 1e6), edges)

    assert psi(reference, profiled(shifted, edges)) > 0.2
    assert psi(reference, profiled(np.append(shifted, 1e6), edges)) > 0.2


@pytest.mark.parametrize("seed", range(20))
def test_noise_of_500_rows_stays_far_below_the_limit(seed: int) -> None:
    generator = np.random.default_rng(seed)
    values = generator.exponential(size=20_000)
    edges = edges_of(values)

    assert psi(profiled(values, edges), profiled(generator.exponential(size=500), edges)) < 0.1


@pytest.mark.parametrize("categories", [10, 100, 1_000])
def test_many_categories_do_not_alarm_by_themselves(categories: int) -> None:
    generator = np.random.default_rng(0)
    drawn = [generator.zipf(1.3, n) % categories for n in (20_000, 1_000)]
    reference, analysis = (values.astype(str) for values in drawn)
    edges = edges_of(reference)

    assert psi(profiled(reference, edges), profiled(analysis, edges)) < 0.1


# Not so far apart that a bin of the analysis is all but empty: there, one row more counts.
@given(st.integers(0, 2**32 - 1), st.floats(-0.5, 0.5), st.sampled_from([-1e6, 1e6]))
def test_one_outlier_hardly_moves_it(seed: int, shift: float, outlier: float) -> None:
    generator = np.random.default_rng(seed)
    values, analysis = generator.normal(size=2_000), generator.normal(shift, 1, size=500)
    edges = edges_of(values)
    reference = profiled(values, edges)

    before = psi(reference, profiled(analysis, edges))
    after = psi(reference, profiled(np.append(analysis, outlier), edges))

    assert after == pytest.approx(before, abs=0.05)
