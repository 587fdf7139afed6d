from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from ml_platform.core.estimation.estimator import Method, PerformanceEstimator
from ml_platform.core.estimation.expected import expected_metrics
from ml_platform.core.estimation.labelled_scores import LabelledScores
from ml_platform.core.estimation.loss_fitting import fit_loss_estimator, fit_losses
from ml_platform.core.estimation.report import judge_estimate
from ml_platform.core.estimation.score_bins import ScoreBins
from ml_platform.core.monitoring_spec import EstimationSpec, PerformanceSpec
from ml_platform.core.performance.measured_rows import task_metrics
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.estimation.world import by_group


def prices(
    rows: int, seed: int = 0, of_group_1: float = 0.5, days: int = 10, day_effect: float = 0.0
) -> LabelledScores:
    """Predictions whose error is three times as large in group 1; a day may be off as a whole."""
    generator = np.random.default_rng(seed)
    score = generator.normal(10_000, 2_000, rows)
    group = (generator.random(rows) < of_group_1).astype(float)
    day = np.sort(np.arange(rows) % days)
    noise = generator.normal(0, 500 * (1 + 2 * group))
    effect = np.exp(generator.normal(0, day_effect, days))[day] if day_effect else 1.0
    features = np.column_stack([score, group, score]).astype(np.float32)
    names = np.array([f"2013-01-{d + 1:02d}" for d in day])
    return LabelledScores(score - noise * effect, score, features, names)


def test_a_shift_into_a_harder_region_is_estimated() -> None:
    reference, later = prices(20_000), prices(20_000, seed=1, of_group_1=0.9)
    bins = ScoreBins.of(reference.score, None)
    fitted = fit_losses(reference, bins, by_group)
    expected = expected_metrics(fitted.counts(later), fitted.estimator)
    truth = task_metrics(later.label, later.score, None)
    before = task_metrics(reference.label, reference.score, None)
    for metric in ("mae", "rmse"):
        assert truth[metric] > 1.2 * before[metric]
        assert expected.value[metric] == pytest.approx(truth[metric], rel=0.03)
    assert np.isnan(expected.positive_rate)


def test_the_estimator_knows_its_rows_and_how_days_differ() -> None:
    calm = fit_loss_estimator(prices(5_000), by_group)
    uneven = fit_loss_estimator(prices(5_000, day_effect=0.4), by_group)
    assert (calm.method, calm.rows, calm.days) == (Method.DLE, 5_000, 10)
    assert uneven.day_variance["mae"] > 4 * calm.day_variance["mae"]
    assert set(calm.day_variance) == {"mae", "rmse"}


def test_of_too_few_days_it_is_not_known_how_they_differ() -> None:
    fitted = fit_loss_estimator(prices(500, days=2), by_group)
    assert (fitted.day_variance, fitted.days) == ({}, 2)


def test_what_is_kept_gives_the_same_estimator() -> None:
    fitted = fit_loss_estimator(prices(3_000), by_group)
    row = json.loads(json.dumps(fitted.to_row() | {"tree": None})) | {"tree": fitted.tree}
    again = PerformanceEstimator.from_row(row)
    assert np.array_equal(again.rates, fitted.rates)
    assert again.shape == fitted.shape == (2, len(fitted.bins))
    assert again.bins == fitted.bins
    assert again.bins.threshold is None


def test_limits_are_judged_by_the_estimate_and_others_are_named() -> None:
    fitted = fit_loss_estimator(prices(20_000), by_group)
    reference = prices(2_000, seed=2)
    leaf = by_group(reference.features, reference.label).leaf_of(reference.features)
    expected = expected_metrics(fitted.counts(reference.score, leaf), fitted)
    limits = PerformanceSpec(floors={"r2": 0.2}, max_drop={"rmse": 0.1})
    known = task_metrics(reference.label, reference.score, None)
    spec = EstimationSpec()
    report = judge_estimate(expected, fitted, 1, known, limits, spec, {"group": 0.0})
    assert report.verdict is Verdict.PASSED
    assert "r2 cannot be estimated" in report.sentence
    assert "dle on 2,000 scored rows" in report.sentence
    assert [line.metric for line in report.lines] == ["mae", "rmse"]
    strict = replace(fitted, day_variance={})
    worse = judge_estimate(
        expected, strict, 1, {"rmse": known["rmse"] / 2}, limits, spec, {"group": 0.0}
    )
    assert (worse.verdict, worse.surely_beyond) == (Verdict.WARNED, 1)


def test_predictions_the_reference_never_had_are_not_estimated() -> None:
    fitted = fit_loss_estimator(prices(5_000), by_group)
    counts = fitted.counts(np.full(500, 90_000.0), np.full(500, 3))
    report = judge_estimate(
        expected_metrics(counts, fitted), fitted, 1, {}, PerformanceSpec(), EstimationSpec(), {}
    )
    assert report.verdict is Verdict.NOT_EVALUATED
    assert "100% of the scores are none of the hold-out's" in report.sentence
