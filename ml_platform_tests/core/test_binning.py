from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core import binning
from ml_platform.core.binning import binned, places
from ml_platform.core.edges import quantile_cuts

FINITE = st.floats(allow_nan=False, allow_infinity=False)
GENERATOR = np.random.default_rng(11)
SHAPES = {
    "normal": GENERATOR.normal(1e3, 1e-3, 20_000),
    "log-normal": GENERATOR.lognormal(0, 3, 20_000),
    "exponential": GENERATOR.exponential(3, 20_000),
    "whole numbers": GENERATOR.integers(-12, 24, 20_000).astype(float),
    "an atom": np.where(GENERATOR.random(20_000) < 0.9, 0.0, GENERATOR.random(20_000)),
    "an outlier": np.append(GENERATOR.random(20_000), 1e6),
    "two heaps": np.append(GENERATOR.random(10_000), GENERATOR.random(10_000) + 1e9),
    "the whole range": np.append(GENERATOR.normal(size=20_000), [-1.7e308, 1.7e308]),
    "subnormal": GENERATOR.integers(0, 9_000, 20_000) * 5e-324,
    "one value": np.full(20_000, 7.0),
}


def _around(cuts: tuple[float, ...]) -> np.ndarray:
    """Every cut, and the floats right below and above it."""
    at, last = np.array(cuts), np.finfo(np.float64).max
    return np.concatenate([at, np.nextafter(at, -last), np.nextafter(at, last)])


@pytest.mark.parametrize("bins", [1, 2, 10, 64, 256])
@pytest.mark.parametrize("shape", SHAPES)
def test_bins_are_those_of_a_binary_search(shape: str, bins: int) -> None:
    values = SHAPES[shape]
    cuts = quantile_cuts(values, bins)
    asked = np.concatenate([values, _around(cuts), [-1.79e308, 1.79e308, 0.0, -0.0]])

    np.testing.assert_array_equal(places(asked, cuts), np.searchsorted(cuts, asked, "right"))


@given(
    st.lists(FINITE, max_size=90, unique=True).map(sorted).map(tuple),
    st.lists(FINITE, max_size=30),
)
def test_bins_are_those_of_a_binary_search_for_any_cuts(
    cuts: tuple[float, ...], values: list[float]
) -> None:
    # Only more numbers than this are put into a grid.
    asked = np.resize(np.append(np.array(values), _around(cuts)), 1_500) if cuts else np.zeros(9)

    np.testing.assert_array_equal(places(asked, cuts), np.searchsorted(cuts, asked, "right"))


def test_counts_and_sums_are_those_of_numpy_over_many_blocks() -> None:
    values = GENERATOR.normal(size=5 * binning.BLOCK + 3)
    cuts = quantile_cuts(values[:1_000], 64)

    counts, sums = binned(values, cuts)

    place = np.searchsorted(cuts, values, "right")
    assert counts.tolist() == np.bincount(place, minlength=len(cuts) + 1).tolist()
    np.testing.assert_allclose(sums, np.bincount(place, values, len(cuts) + 1), rtol=1e-9)


def test_sums_beyond_the_range_of_a_float_are_infinite() -> None:
    counts, sums = binned(np.full(40_000, 1.7e308), (0.0,))

    assert (counts.tolist(), sums.tolist()) == ([0, 40_000], [0.0, np.inf])


def test_no_numbers_fill_no_bins() -> None:
    counts, sums = binned(np.empty(0), (0.0, 1.0))

    assert (counts.tolist(), sums.tolist()) == ([0, 0, 0], [0.0, 0.0, 0.0])
    assert places(np.empty(0), ()).tolist() == []
    assert places(np.zeros(2_000), ()).tolist() == [0] * 2_000


def test_usual_cuts_are_found_by_a_grid_and_hopeless_ones_by_search() -> None:
    assert binning._grid(quantile_cuts(SHAPES["log-normal"], 64)) is not None
    assert binning._grid(tuple(10.0**k for k in range(-300, 300))) is None
