from __future__ import annotations

from dataclasses import replace
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import wasserstein_distance

from ml_platform.core.drift.wasserstein import wasserstein
from ml_platform_tests.core.drift.profiles import edges_of, profiled

GENERATOR = np.random.default_rng(5)
SHAPES = {
    "normal": GENERATOR.normal(size=20_000),
    "heavy tails": GENERATOR.standard_t(2, size=20_000),
    "skewed": GENERATOR.lognormal(size=20_000),
    "mostly zero": GENERATOR.exponential(size=20_000) * (GENERATOR.random(20_000) < 0.2),
    "whole numbers": GENERATOR.poisson(4, size=20_000).astype(float),
}


def _measured(reference: np.ndarray, analysis: np.ndarray) -> float:
    edges = edges_of(reference)
    return wasserstein(profiled(reference, edges), profiled(analysis, edges))


def _of_rows(reference: np.ndarray, analysis: np.ndarray) -> float:
    low, high = (_mean_of_bin_at(share, reference) for share in (0.02, 0.98))
    clipped = np.clip(reference, low, high), np.clip(analysis, low, high)
    return wasserstein_distance(*clipped) / (high - low)


def _mean_of_bin_at(share: float, values: np.ndarray) -> float:
    edges = [-np.inf, *edges_of(values).edges, np.inf]
    at = np.quantile(values, share, method="inverted_cdf")
    index = np.searchsorted(edges, at, side="right")
    return values[(values >= edges[index - 1]) & (values < edges[index])].mean()


@pytest.mark.parametrize("factor", [0.7, 1.0, 1.3])
@pytest.mark.parametrize("shift", [0.0, 0.1, 0.5, 2.0, 30.0])
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_what_scipy_says_of_the_clipped_rows(shape: str, shift: float, factor: float) -> None:
    reference = SHAPES[shape]
    analysis = GENERATOR.permutation(reference)[:5_000] * factor + shift
    analysis = np.round(analysis) if shape == "whole numbers" else analysis

    value, exact = _measured(reference, analysis), _of_rows(reference, analysis)

    # What moves to and fro inside one bin is not seen.
    assert value == pytest.approx(exact, rel=0.05, abs=0.004)


few = st.lists(st.sampled_from([0.0, 1.0, 3.0, 4.0, 9.0]), min_size=1, max_size=200)


@given(few, few)
def test_on_few_distinct_values_it_is_exactly_what_scipy_says(first: list, second: list) -> None:
    reference = np.array([*first, 0.0, 1.0, 3.0, 4.0, 9.0] * 9)
    low, high = np.quantile(reference, [0.02, 0.98], method="inverted_cdf")
    clipped = np.clip(reference, low, high), np.clip(np.array(second), low, high)
    exact = wasserstein_distance(*clipped) / (high - low)

    assert _measured(reference, np.array(second)) == pytest.approx(exact, abs=1e-12)


@given(st.floats(0.001, 1_000), st.floats(-1e4, 1e4))
def test_the_unit_does_not_matter(scale: float, offset: float) -> None:
    reference, analysis = SHAPES["skewed"][:2_000], SHAPES["skewed"][2_000:3_000] * 1.2

    value = _measured(reference * scale + offset, analysis * scale + offset)

    assert value == pytest.approx(_measured(reference, analysis), rel=0.02, abs=1e-4)


def test_from_one_end_to_the_other_is_one() -> None:
    reference = np.array([0.0] * 900 + [10.0] * 100)

    assert _measured(reference, np.full(50, 10.0)) == pytest.approx(0.9)
    assert _measured(np.append(np.zeros(40), 10.0), np.full(9, 99.0)) == pytest.approx(40 / 41)


def test_without_a_width_the_share_that_moved_is_given() -> None:
    assert _measured(np.full(100, 7.0), np.array([7.0, 7.0, 7.0, 8.0])) == pytest.approx(0.25)


def test_a_width_beyond_all_floats_gives_no_distance() -> None:
    assert isnan(_measured(np.array([-1.7e308, 1.7e308]), np.array([0.0, 1e308])))


def test_a_sum_beyond_all_floats_stands_at_the_end() -> None:
    reference = np.arange(100.0)
    edges = edges_of(reference)
    far = profiled(np.append(reference, [1.7e308, 1.7e308]), edges)

    assert np.isinf(far.sums[-1])
    assert wasserstein(profiled(reference, edges), far) < 0.02


def test_the_sums_decide_where_counts_agree() -> None:
    edges = edges_of(np.arange(1_000.0))
    reference = profiled(np.arange(1_000.0), edges)
    # Every value half a bin further up, and none in another bin.
    moved = replace(
        reference,
        sums=tuple(s + 5 * n for s, n in zip(reference.sums, reference.counts, strict=True)),
    )

    assert wasserstein(reference, moved) == pytest.approx(5 / 960, rel=0.05)
