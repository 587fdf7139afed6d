"""Errors that grow though the inputs do not say so are concept drift; a shift of inputs is none."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest

from ml_platform.core.concept_drift.judgement import judge_cusum
from ml_platform.core.concept_drift.matured_days import MaturedDay
from ml_platform.core.estimation.estimator import PerformanceEstimator
from ml_platform.core.estimation.expected import expected_metrics
from ml_platform.core.estimation.labelled_scores import LabelledScores
from ml_platform.core.estimation.loss_fitting import fit_loss_estimator
from ml_platform.core.monitoring_spec import ConceptDriftSpec
from ml_platform.core.performance.measured_rows import task_metrics
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.estimation.test_loss_fitting import prices
from ml_platform_tests.core.estimation.world import by_group

ESTIMATOR = fit_loss_estimator(prices(14_000, days=14), by_group)
SPEC = ConceptDriftSpec(metric="rmse")


def matured(estimator: PerformanceEstimator, rows: LabelledScores, number: int) -> MaturedDay:
    leaf = by_group(rows.features, rows.label).leaf_of(rows.features)
    expected = expected_metrics(estimator.counts(rows.score, leaf), estimator)
    deviation = sqrt(expected.sampling["rmse"] ** 2 + estimator.day_variance["rmse"])
    realised = task_metrics(rows.label, rows.score, None)["rmse"]
    return MaturedDay(f"day {number:02d}", "rmse", realised, expected.value["rmse"], deviation)


def wider(rows: LabelledScores, factor: float) -> LabelledScores:
    """The same predictions with greater errors."""
    return replace(rows, label=rows.score - factor * (rows.score - rows.label))


@pytest.mark.parametrize("harder", [0.5, 0.95])
def test_a_shift_into_rows_with_greater_errors_is_no_concept_drift(harder: float) -> None:
    days = [
        matured(ESTIMATOR, prices(1_000, seed=n, of_group_1=harder, days=1), n)
        for n in range(100, 130)
    ]
    assert judge_cusum(days, SPEC, 365).verdict is Verdict.PASSED


def test_errors_that_grow_by_a_fifth_are_found_within_days() -> None:
    usual = [matured(ESTIMATOR, prices(1_000, seed=n, days=1), n) for n in range(200, 210)]
    worse = [
        matured(ESTIMATOR, wider(prices(1_000, seed=n, days=1), 1.2), n) for n in range(210, 215)
    ]
    assert judge_cusum(usual, SPEC, 365).verdict is Verdict.PASSED
    assert judge_cusum([*usual, *worse], SPEC, 365).verdict is Verdict.WARNED
