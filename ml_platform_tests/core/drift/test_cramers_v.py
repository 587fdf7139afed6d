from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats.contingency import association

from ml_platform.core.drift.cramers_v import cramers_v
from ml_platform_tests.core.drift.profiles import counted

shares = st.lists(st.integers(200, 900), min_size=2, max_size=5)


@given(shares, st.data())
def test_it_is_what_scipy_says_less_what_chance_expects(
    reference: list[int], data: st.DataObject
) -> None:
    size = len(reference)
    analysis = data.draw(st.lists(st.integers(200, 900), min_size=size, max_size=size))
    if min(reference) <= sum(reference) / 10:
        return
    n = sum(reference) + sum(analysis)
    plain = association(np.array([reference, analysis]), method="cramer", correction=False)
    phi2 = max(0.0, plain**2 - (size - 1) / (n - 1))
    expected = sqrt(phi2 / (min(2 - 1 / (n - 1), size - (size - 1) ** 2 / (n - 1)) - 1))

    assert cramers_v(counted(reference), counted(analysis)) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("rows", [500, 50_000])
@pytest.mark.parametrize("size", [3, 200])
def test_without_drift_it_stays_near_zero(size: int, rows: int) -> None:
    generator = np.random.default_rng(1)
    even = np.full(size, 1 / size)
    found = [
        cramers_v(*(counted(generator.multinomial(rows, even).tolist()) for _ in range(2)))
        for _ in range(100)
    ]

    assert np.mean(np.square(found)) < 3 / rows


def test_bins_that_tell_the_side_are_one() -> None:
    assert cramers_v(counted([500, 500, 0, 0]), counted([0, 0, 500, 500])) == pytest.approx(
        1, abs=1e-3
    )


def test_one_bin_or_hardly_a_row_tells_nothing() -> None:
    assert cramers_v(counted([9]), counted([4])) == 0
    assert cramers_v(counted([1, 0]), counted([0, 1])) == 0
