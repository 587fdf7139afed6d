import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.service_level.percentiles import histogram_percentile, percentile

INF = math.inf
LATENCIES = st.lists(st.floats(0, 1e4), min_size=1, max_size=50)
SHARES = st.sampled_from([0.01, 0.5, 0.95, 0.99, 1.0])


@given(LATENCIES, SHARES)
def test_it_is_numpys_inverse_of_the_distribution(values: list[float], share: float) -> None:
    latencies = np.array(values)
    found = percentile(latencies, np.ones(len(values)), share)
    assert found == np.quantile(latencies, share, method="inverted_cdf")


@given(st.lists(st.tuples(st.floats(0, 1e4), st.integers(1, 9)), min_size=1, max_size=30), SHARES)
def test_a_weight_stands_for_so_many_requests(pairs: list[tuple[float, int]], share: float) -> None:
    values = np.array([value for value, _ in pairs])
    weights = np.array([float(weight) for _, weight in pairs])
    repeated = np.repeat(values, weights.astype(int))
    expected = percentile(repeated, np.ones(len(repeated)), share)
    assert percentile(values, weights, share) == expected


def test_weights_that_are_no_whole_numbers_miss_nothing_by_rounding() -> None:
    values = np.arange(10.0)
    assert percentile(values, np.full(10, 1 / 3), 0.9) == 8.0
    assert percentile(values, np.full(10, 1 / 3), 1.0) == 9.0


@given(LATENCIES, st.sampled_from([0.5, 0.95, 0.99]))
def test_by_buckets_it_lies_in_the_bucket_of_the_exact_one(
    values: list[float], share: float
) -> None:
    bounds = [1.0, 10.0, 100.0, 1000.0, INF]
    latencies = np.array(values)
    at_most = {bound: float((latencies <= bound).sum()) for bound in bounds}
    exact = percentile(latencies, np.ones(len(values)), share)
    found = histogram_percentile(at_most, share)
    index = int(np.searchsorted(bounds, exact))
    low = 0.0 if index == 0 else bounds[index - 1]
    assert low <= found <= bounds[index]


@pytest.mark.parametrize(
    ("share", "expected"),
    # By the documented rule of Prometheus' histogram_quantile.
    [(0.25, 0.5), (0.5, 1.0), (0.75, 1.5), (0.9, 1.8)],
)
def test_between_two_bounds_it_is_linear(share: float, expected: float) -> None:
    at_most = {1.0: 50.0, 2.0: 100.0, INF: 100.0}
    assert histogram_percentile(at_most, share) == pytest.approx(expected)


def test_beyond_the_last_bound_the_answer_is_that_bound() -> None:
    assert histogram_percentile({1.0: 50.0, 2.0: 90.0, INF: 100.0}, 0.99) == 2.0
    assert histogram_percentile({INF: 100.0}, 0.99) == 0.0


def test_of_nothing_there_is_no_percentile() -> None:
    assert math.isnan(histogram_percentile({}, 0.99))
    assert math.isnan(histogram_percentile({1.0: 0.0, INF: 0.0}, 0.99))
