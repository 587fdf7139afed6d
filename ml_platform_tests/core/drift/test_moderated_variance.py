from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.drift.moderated_variance import VariancePrior, variance_prior


def _drawn(seed: int, columns: int, spread: float, freedom: int) -> tuple[np.ndarray, np.ndarray]:
    """Sample variances whose true ones follow a scaled inverse chi-square of 8 degrees."""
    random = np.random.default_rng(seed)
    true = spread**2 * 8 / random.chisquare(8, columns)
    return true, true * random.chisquare(freedom, columns) / freedom


def test_the_prior_that_the_variances_were_drawn_from_is_found() -> None:
    _, found = _drawn(0, 5_000, 0.3, 6)

    prior = variance_prior(found, np.full(5_000, 6.0))

    assert prior.freedom == pytest.approx(8, rel=0.15)
    assert prior.variance == pytest.approx(0.09, rel=0.05)


def test_moderated_variances_are_nearer_to_the_truth() -> None:
    true, found = _drawn(1, 200, 0.3, 5)
    prior = variance_prior(found, np.full(200, 5.0))

    moderated = np.array([prior.moderate(v, 5.0)[0] for v in found])

    assert np.abs(np.log(moderated / true)).mean() < 0.75 * np.abs(np.log(found / true)).mean()


def test_columns_that_agree_share_one_variance_known_as_well_as_by_all_of_them() -> None:
    prior = variance_prior(np.full(20, 0.04), np.full(20, 6.0))

    assert prior.freedom == 20 * 6
    variance, freedom = prior.moderate(0.04, 6.0)
    assert variance == pytest.approx(prior.variance, rel=0.02)
    assert freedom == 21 * 6


def test_of_two_columns_nothing_is_learnt() -> None:
    prior = variance_prior(np.array([1.0, 4.0]), np.array([6.0, 6.0]))

    assert prior == VariancePrior(1.0, 0.0)
    assert prior.moderate(4.0, 6.0) == (4.0, 6.0)
