from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.estimation.estimator import CALIBRATIONS, Method
from ml_platform.core.estimation.expected import ESTIMABLE, expected_metrics
from ml_platform.core.estimation.fitting import fit_by, fit_estimator
from ml_platform.core.estimation.score_bins import ScoreBins
from ml_platform.core.performance.metrics import classification_metrics
from ml_platform_tests.core.estimation.world import by_chance, by_group, world


def test_regions_are_kept_where_they_tell_more_than_the_score() -> None:
    assert fit_estimator(world(5_000, hidden=1.0), 0.4, by_group).method is Method.LEAF_CBPE


@pytest.mark.parametrize("days", [1, 7])
def test_regions_of_chance_are_not_kept(days: int) -> None:
    fitted = fit_estimator(world(2_000, days=days), 0.4, by_chance)
    assert fitted.method is Method.CBPE
    assert fitted.log_loss["cbpe"] < fitted.log_loss["leaf_cbpe"]


def test_regions_follow_a_shift_that_the_score_does_not_show() -> None:
    reference, later = world(20_000, hidden=1.0), world(20_000, seed=1, hidden=1.0)
    shifted = later.where(later.features[:, 1] > 0)
    truth = classification_metrics(shifted.label, shifted.score, 0.4)["brier"]
    bins = ScoreBins.of(reference.score, 0.4)
    errors = {}
    for method in CALIBRATIONS:
        fitted = fit_by(method, reference, bins, by_group)
        found = expected_metrics(fitted.counts(shifted), fitted.estimator)
        errors[method] = abs(found.value["brier"] - truth)
    assert errors[Method.LEAF_CBPE] < 0.2 * errors[Method.CBPE]


def test_days_that_differ_widen_the_band_and_equal_ones_do_not() -> None:
    alike = fit_estimator(world(8_000, days=8), 0.4, by_group)
    unlike = fit_estimator(world(8_000, days=8, day_effect=0.8), 0.4, by_group)
    assert set(alike.day_variance) == set(ESTIMABLE)
    assert (alike.rows, alike.days) == (8_000, 8)
    assert unlike.day_variance["precision"] > 4 * alike.day_variance["precision"]


def test_without_days_their_variance_is_not_known() -> None:
    fitted = fit_estimator(world(500, days=2), 0.4, by_group)
    assert (fitted.days, dict(fitted.day_variance)) == (2, {})


def test_few_days_are_drawn_towards_the_score_itself() -> None:
    """A week in which everything came true half as often is not taken at its word."""
    rows = world(7_000, days=7)
    thinned = rows.where((rows.label == 0) | (np.arange(7_000) % 2 == 0))
    bins = ScoreBins.of(thinned.score, 0.4)
    once = fit_by(Method.CBPE, thinned, bins, by_group).estimator.rates[0]
    undated = thinned.where(np.ones(len(thinned), dtype=bool))
    undated.day[:] = "2013-01-01"
    taken = fit_by(Method.CBPE, undated, bins, by_group).estimator.rates[0]
    scores = np.array(bins.scores)
    between = (taken - 1e-9 <= once) & (once <= scores + 1e-9)
    assert between[5:-5].mean() > 0.9


def test_the_same_rows_give_the_same_estimator() -> None:
    rows = world(1_000, days=5, hidden=1.0)
    first, second = (fit_estimator(rows, 0.4, by_group) for _ in range(2))
    assert first.to_row() == second.to_row()


def test_nothing_to_fit_on_is_refused() -> None:
    with pytest.raises(ValueError, match="no reference scores"):
        fit_estimator(world(0), 0.4, by_group)
