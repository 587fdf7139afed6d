from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.estimation.cell_losses import CELL_PRIOR, POWERS, cell_losses


def drawn(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Errors that are twice as large in the second of two regions, in two bins."""
    generator = np.random.default_rng(seed)
    region, place = generator.integers(0, 2, rows), generator.integers(0, 2, rows)
    return region, place, generator.normal(0, 1 + region, rows)


def test_many_rows_give_the_moments_of_their_cell() -> None:
    region, place, error = drawn(400_000)
    found = cell_losses(region, place, error, 2, 2)
    assert found.shape == (len(POWERS), 2, 2)
    # Of a normal error: sqrt(2 / pi), 1 and 3, times the deviation to the same power.
    for scale, row in ((1.0, 0), (2.0, 1)):
        expected = np.array([np.sqrt(2 / np.pi) * scale, scale**2, 3 * scale**4])
        for column in (0, 1):
            assert found[:, row, column] == pytest.approx(expected, rel=0.04)


def test_the_sum_over_the_reference_is_its_own() -> None:
    """Drawing cells towards their region takes from some what it gives to others."""
    region, place, error = drawn(40_000)
    losses = cell_losses(region, place, error, 2, 2)
    assert losses[0][region, place].mean() == pytest.approx(np.abs(error).mean(), rel=0.001)


def test_a_cell_without_rows_is_as_its_region() -> None:
    region, place, error = np.array([0, 0, 1]), np.array([0, 0, 1]), np.array([1.0, -3.0, 5.0])
    size = cell_losses(region, place, error, 2, 2)[0]
    assert size == pytest.approx(np.array([[2.0, 2.0], [5.0, 5.0]]))


def test_few_rows_move_their_cell_little() -> None:
    error = np.array([1.0] * 100 + [11.0])
    place = np.array([0] * 100 + [1])
    size = cell_losses(np.zeros(101, dtype=int), place, error, 1, 2)[0]
    mean = error.mean()
    assert size[0, 1] == pytest.approx((11.0 + CELL_PRIOR * mean) / (1 + CELL_PRIOR))
