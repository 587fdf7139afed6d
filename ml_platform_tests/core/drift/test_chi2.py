from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency, kstest

from ml_platform.core.drift.chi2 import chi2, chi2_test
from ml_platform_tests.core.drift.profiles import counted

heavy = st.lists(st.integers(100, 900), min_size=2, max_size=9)


@given(heavy, st.data())
def test_where_every_category_is_heavy_it_is_what_scipy_says(
    reference: list[int], data: st.DataObject
) -> None:
    size = len(reference)
    analysis = data.draw(st.lists(st.integers(50, 900), min_size=size, max_size=size))
    # Heavy in the reference: more than a tenth of it, so that it keeps its own bin.
    kept = [i for i, n in enumerate(reference) if n > sum(reference) / 10]
    rest = [i for i in range(size) if i not in kept]
    test = chi2_test(counted(reference), counted(analysis))

    assert test is not None
    if len(rest) > 1:
        return
    oracle = chi2_contingency([reference, analysis], correction=False)
    assert test.statistic == pytest.approx(oracle.statistic, abs=1e-6)
    assert test.p_value == pytest.approx(oracle.pvalue, abs=1e-9)
    assert test.bins - 1 == oracle.dof
    assert test.values == sum(reference) + sum(analysis)


@pytest.mark.parametrize("size", [3, 40, 1_000])
def test_without_drift_the_p_values_are_even(size: int) -> None:
    generator = np.random.default_rng(0)
    shares = generator.dirichlet(np.full(size, 5.0))
    reference = counted([*generator.multinomial(20_000, shares).tolist(), 0], kind="categorical")
    found = []
    for _ in range(400):
        again = generator.multinomial(20_000, shares).tolist()
        day = generator.multinomial(1_000, shares).tolist()
        test = chi2_test(
            counted([*again, 0], kind="categorical"), counted([*day, 0], kind="categorical")
        )
        assert test is not None
        found.append(test.p_value)

    assert reference.values == 20_000
    assert kstest(found, "uniform").pvalue > 0.001


def test_one_value_in_an_empty_bin_decides_nothing() -> None:
    reference = counted([500_000, 300_000, 200_000, 0], kind="categorical")
    test = chi2_test(reference, counted([500, 300, 200, 1], kind="categorical"))

    assert test is not None
    assert test.bins == 3
    assert test.p_value > 0.9


def test_many_values_in_an_empty_bin_decide() -> None:
    reference = counted([500_000, 300_000, 200_000, 0], kind="categorical")
    test = chi2_test(reference, counted([400, 240, 160, 200], kind="categorical"))

    assert test is not None
    assert test.p_value < 1e-9


def test_one_bin_says_nothing_and_no_values_are_not_tested() -> None:
    test = chi2_test(counted([9]), counted([4]))

    assert test is not None
    assert (test.statistic, test.bins, test.p_value) == (0.0, 1, 1.0)
    assert chi2_test(counted([0]), counted([4])) is None


def test_few_rows_on_one_side_leave_few_bins() -> None:
    test = chi2_test(counted([300, 300, 400]), counted([2, 1, 1]))

    assert test is not None
    assert test.bins == 1
    assert chi2(counted([300, 300, 400]), counted([2, 1, 1])) == 0
