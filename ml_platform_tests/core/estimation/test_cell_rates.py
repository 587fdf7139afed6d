from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from ml_platform.core.estimation.cell_rates import cell_rates, score_rates

ROWS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 1)), min_size=1)


def _arrays(rows: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    place, region, label = np.array(rows).T
    return place, region, label


@given(ROWS)
def test_rates_are_never_sure_and_rise_with_the_score(rows: list[tuple[int, int, int]]) -> None:
    place, _, label = _arrays(rows)
    rates = score_rates(place, label, 10)
    assert len(rates) == 10
    assert ((rates > 0) & (rates < 1)).all()
    assert (np.diff(rates) >= -1e-12).all()


@given(ROWS)
def test_cells_are_never_sure_either(rows: list[tuple[int, int, int]]) -> None:
    place, region, label = _arrays(rows)
    rates = cell_rates(region, place, label, 4, score_rates(place, label, 10))
    assert rates.shape == (4, 10)
    assert ((rates > 0) & (rates < 1)).all()


def test_rates_are_those_of_isotonic_regression() -> None:
    generator = np.random.default_rng(0)
    place = generator.integers(0, 10, 5_000)
    label = (generator.random(5_000) < (place + 1) / 12).astype(int)
    rows = np.bincount(place)
    ones = np.bincount(place, weights=label)
    oracle = IsotonicRegression().fit_transform(
        np.arange(10), (ones + 0.5) / (rows + 1), sample_weight=rows + 1
    )
    assert score_rates(place, label, 10) == pytest.approx(oracle)


def test_a_bin_without_rows_takes_its_neighbours_rate() -> None:
    place = np.array([0] * 99 + [2] * 99)
    label = np.array([0] * 99 + [1] * 99)
    rates = score_rates(place, label, 4)
    assert rates[1] == pytest.approx((rates[0] + rates[2]) / 2)
    assert rates[3] == rates[2]


def test_a_region_with_many_rows_keeps_its_own_rate_and_one_without_that_of_the_score() -> None:
    place, region = np.zeros(20_000, dtype=int), np.repeat([0, 1], 10_000)
    label = np.concatenate([np.arange(10_000) % 10 < 2, np.arange(10_000) % 10 < 6]).astype(int)
    by_score = score_rates(place, label, 1)
    rates = cell_rates(region, place, label, 3, by_score)
    assert rates[:, 0] == pytest.approx([0.2, 0.6, by_score[0]], abs=1e-3)


def test_a_handful_of_rows_hardly_move_their_cell() -> None:
    place = np.zeros(1_004, dtype=int)
    region = np.array([0] * 1_000 + [1] * 4)
    label = np.array([0, 1] * 500 + [1] * 4)
    rates = cell_rates(region, place, label, 2, np.array([0.5]))
    assert 0.5 < rates[1, 0] < 0.8
