"""Values on the grid: means exact, sums in any order, never less cautious."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.rollout.value_counts import NOTHING, POINTS, ValueCounts

VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=50)


@given(VALUES)
def test_the_number_and_the_mean_of_the_values_are_kept(values: list[float]) -> None:
    counts = ValueCounts.of(values)
    assert counts.total == pytest.approx(len(values))
    assert counts.mean == pytest.approx(np.mean(values), abs=1e-12)


@given(VALUES, st.floats(-0.9, 50))
def test_the_logarithm_of_a_gain_is_never_more_than_that_of_the_values(
    values: list[float], bet: float
) -> None:
    counts = ValueCounts.of(values)
    ours = np.log1p(bet * counts.values) @ counts.counts
    assert ours <= np.log1p(bet * np.array(values)).sum() + 1e-9


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_share_is_the_same_as_its_ones_and_zeros(hits: int, misses: int) -> None:
    share = ValueCounts.of_share(hits, hits + misses)
    assert share == ValueCounts.of([1.0] * hits + [0.0] * misses)


def test_each_point_of_the_grid_is_itself() -> None:
    assert ValueCounts.of(POINTS).weights == dict.fromkeys(range(len(POINTS)), 1.0)


def test_no_values_have_no_mean() -> None:
    assert ValueCounts.of([]) == NOTHING
    assert math.isnan(NOTHING.mean)


@pytest.mark.parametrize("value", [-0.1, 1.1, math.nan, math.inf])
def test_what_is_not_between_0_and_1_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        ValueCounts.of([0.5, value])


@pytest.mark.parametrize(("hits", "trials"), [(2, 1), (-1, 1)])
def test_a_share_beyond_all_is_refused(hits: int, trials: int) -> None:
    with pytest.raises(ValueError, match="hits in"):
        ValueCounts.of_share(hits, trials)
