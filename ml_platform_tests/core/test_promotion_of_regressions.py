"""The gate for models that predict a number: harm is a share of what the champion has."""

from dataclasses import replace

import pytest

from ml_platform.core.gate_evidence import ExtremeScores, GateEvidence, SegmentScore
from ml_platform.core.performance.interval import Interval
from ml_platform.core.promotion import judge_candidate
from ml_platform.core.promotion_checks import (
    better_than_baseline,
    floor,
    not_worse_than_champion,
    sane_on_extremes,
    segments_hold,
)
from ml_platform.core.promotion_spec import PromotionSpec
from ml_platform.core.verdict import Verdict

PASSED, FAILED = Verdict.PASSED, Verdict.FAILED
REGRESSION = PromotionSpec(metric="rmse", tolerance=0.1)


def errors(low: float, high: float, metric: str = "rmse") -> GateEvidence:
    known = {"rmse": 200.0, "mae": 150.0, "bias": 1.0}
    return GateEvidence(
        candidate=known,
        champion=known,
        base_rate={"rmse": 300.0, "bias": 0.0},
        differences={metric: Interval(low, (low + high) / 2, high)},
    )


@pytest.mark.parametrize(
    ("metric", "low", "high", "verdict"),
    [
        ("rmse", -5.0, 19.0, PASSED),
        ("rmse", -5.0, 21.0, FAILED),
        ("bias", -5.0, 14.0, PASSED),
        ("bias", -5.0, 16.0, FAILED),
    ],
)
def test_the_tolerance_of_an_error_is_a_share_of_the_champions(
    metric: str, low: float, high: float, verdict: Verdict
) -> None:
    evidence = errors(low, high, metric)
    check = not_worse_than_champion(evidence, REGRESSION, metric, 0.1)
    assert check.verdict is verdict
    assert f"worse by {20 if metric == 'rmse' else 15} is allowed" in check.reason


def test_a_segment_of_a_regression_may_lose_a_share_too() -> None:
    segments = (
        SegmentScore("origin", "JFK", 500, 212.0, 205.0),
        SegmentScore("origin", "EWR", 500, 209.0, 200.0),
    )
    evidence = replace(errors(0, 0), segments=segments)
    assert segments_hold(evidence, REGRESSION).verdict is PASSED
    assert (
        segments_hold(evidence, PromotionSpec(metric="rmse", max_segment_drop=0.04)).opens is False
    )


def test_where_a_constant_is_unbiased_the_mean_is_beaten_on_the_root_mean_squared_error() -> None:
    check = better_than_baseline("x", errors(0, 0), errors(0, 0).base_rate, "bias", "the mean")
    assert check.verdict is PASSED
    assert check.reason == "rmse 200.0000 against 300.0000 of the mean"


def test_a_bias_has_a_floor_on_either_side() -> None:
    evidence = GateEvidence(candidate={"bias": -3.0}, champion=None, base_rate={})
    assert floor(evidence, "bias", 3.0).verdict is PASSED
    assert floor(evidence, "bias", 2.9).verdict is FAILED


def test_predicted_numbers_may_be_of_any_size_but_finite() -> None:
    scores = ExtremeScores(rows=5, finite=True, in_unit_interval=None, spread=900.0)
    evidence = GateEvidence(candidate={}, champion=None, base_rate={}, extremes=scores)
    check = sane_on_extremes(evidence)
    assert check.verdict is PASSED
    assert check.reason == "scores of 5 rows: all are finite and spread over 900.000"
    endless = replace(evidence, extremes=replace(scores, finite=False))
    assert sane_on_extremes(endless).verdict is FAILED


def test_the_constant_to_beat_is_the_mean() -> None:
    checks = {check.name: check for check in judge_candidate(errors(0, 0), REGRESSION).checks}
    assert checks["better_than_mean"].verdict is PASSED
    assert "always answering the mean" in checks["better_than_mean"].reason


def test_by_absolute_errors_the_constant_to_beat_is_the_median() -> None:
    by_size = REGRESSION.model_copy(update={"metric": "mae", "must_not_worsen": ()})
    evidence = replace(errors(0, 0), candidate={"mae": 7.0}, base_rate={"mae": 7.5})
    checks = {check.name: check for check in judge_candidate(evidence, by_size).checks}
    assert "better_than_mean" not in checks
    assert checks["better_than_median"].verdict is PASSED
    assert checks["better_than_median"].reason == (
        "mae 7.0000 against 7.5000 of always answering the median"
    )
