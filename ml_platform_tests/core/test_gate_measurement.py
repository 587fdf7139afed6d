from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.gate_evidence import GateEvidence
from ml_platform.core.gate_measurement import (
    Contender,
    constant_score,
    extreme_scores,
    measure_candidate,
)
from ml_platform.core.metric_names import BINARY_METRICS
from ml_platform.core.performance.measured_rows import task_metrics
from ml_platform.core.performance.metrics import classification_metrics
from ml_platform.core.promotion_spec import PromotionSpec
from ml_platform_tests.core.performance.scored import flights

SPEC = PromotionSpec(metric="brier", must_not_worsen=("roc_auc",), segment_min_rows=100)
LABEL, SCORE = flights(600)
WORSE = flights(600, skill=0.0)[1]
ORIGIN = np.array(["JFK"] * 300 + ["EWR"] * 250 + ["LGA"] * 50, dtype=object)
CANDIDATE, CHAMPION = Contender(SCORE, 0.3), Contender(WORSE, 0.3)


def _measured(champion: Contender | None = CHAMPION, rule: Contender | None = None) -> GateEvidence:
    return measure_candidate(
        LABEL, {"origin": ORIGIN}, CANDIDATE, champion, rule, 0.2, np.array([0.1, 0.4]), SPEC
    )


def test_everyone_is_measured_on_the_same_rows_at_their_own_threshold() -> None:
    evidence = _measured(rule=Contender(WORSE, 0.9))

    assert evidence.candidate == classification_metrics(LABEL, SCORE, 0.3)
    assert evidence.champion == classification_metrics(LABEL, WORSE, 0.3)
    assert evidence.rule["recall"] == 0.0
    assert set(evidence.candidate) == set(BINARY_METRICS)


def test_the_base_rate_always_answers_the_share_it_learned() -> None:
    base = _measured().base_rate

    assert base["brier"] == pytest.approx(np.mean((0.2 - LABEL) ** 2))
    assert base["roc_auc"] == 0.5


def test_the_promotion_metric_and_those_that_must_not_worsen_are_compared_in_pairs() -> None:
    differences = _measured().differences

    assert set(differences) == {"brier", "roc_auc"}
    assert differences["brier"].high < 0
    assert differences["roc_auc"].low > 0


def test_more_confidence_asks_for_a_wider_interval() -> None:
    arguments = (LABEL, {}, CANDIDATE, CHAMPION, None, 0.2, SCORE)
    narrow, wide = (
        measure_candidate(*arguments, SPEC.model_copy(update={"confidence": c})).differences[
            "brier"
        ]
        for c in (0.5, 0.99)
    )

    assert wide.high - wide.low > narrow.high - narrow.low


def test_a_candidate_equal_to_the_champion_differs_by_nothing() -> None:
    differences = _measured(champion=CANDIDATE).differences

    assert {(d.low, d.value, d.high) for d in differences.values()} == {(0.0, 0.0, 0.0)}


def test_without_a_champion_nothing_is_compared() -> None:
    evidence = _measured(champion=None)

    assert (evidence.champion, evidence.rule, evidence.differences) == (None, None, {})
    assert [part.champion for part in evidence.segments] == [None, None, None]


def test_each_segment_value_has_both_scores_or_none_when_it_is_small() -> None:
    large, other, small = _measured().segments

    assert [(p.segment, p.value, p.rows) for p in (large, other, small)] == [
        ("origin", "JFK", 300),
        ("origin", "EWR", 250),
        ("origin", "LGA", 50),
    ]
    jfk = classification_metrics(LABEL[:300], SCORE[:300], 0.3)
    assert large.candidate == jfk["brier"]
    assert large.candidate < large.champion
    assert np.isnan([small.candidate, small.champion]).all()


@pytest.mark.parametrize(
    ("scores", "finite", "inside"),
    [
        ([0.0, 1.0], True, True),
        ([0.2, -0.1], True, False),
        ([0.2, 1.1], True, False),
        ([0.2, np.nan], False, False),
        ([0.2, np.inf], False, False),
    ],
)
def test_scores_on_extremes_are_told_apart(scores: list[float], finite: bool, inside: bool) -> None:
    found = extreme_scores(np.array(scores), np.array([0.5]))

    assert (found.rows, found.finite, found.in_unit_interval) == (2, finite, inside)


def test_the_spread_is_over_extremes_and_hold_out_together() -> None:
    assert extreme_scores(np.array([0.4, np.nan]), np.array([0.1, 0.2])).spread == pytest.approx(
        0.3
    )


def test_a_model_that_never_answers_a_number_has_no_spread() -> None:
    assert extreme_scores(np.array([np.nan]), np.array([np.nan])).spread == 0.0


def test_a_score_on_the_hold_out_that_is_no_probability_is_refused() -> None:
    broken = Contender(np.where(SCORE > 0.2, np.nan, SCORE), 0.3)

    with pytest.raises(ValueError, match="probabilities"):
        measure_candidate(LABEL, {}, broken, None, None, 0.2, SCORE, SPEC)


def test_predicted_numbers_are_measured_by_their_errors() -> None:
    generator = np.random.default_rng(0)
    label = generator.normal(50, 10, 600)
    good, bad = (Contender(label + generator.normal(0, noise, 600), None) for noise in (2.0, 5.0))
    spec = PromotionSpec(metric="rmse", must_not_worsen=("bias",), segment_min_rows=100)
    evidence = measure_candidate(
        label, {"origin": ORIGIN}, good, bad, bad, 49.0, np.array([-1e6, 3.0]), spec
    )
    assert evidence.base_rate["rmse"] == pytest.approx(np.sqrt(np.mean((label - 49.0) ** 2)))
    assert evidence.base_rate["bias"] == pytest.approx(49.0 - label.mean())
    assert evidence.differences["rmse"].high < 0
    assert [
        segment.value for segment in evidence.segments if segment.candidate == segment.candidate
    ]
    assert evidence.extremes.in_unit_interval is None
    assert evidence.extremes.finite


@pytest.mark.parametrize("metric", ["mae", "rmse"])
def test_no_other_constant_is_better_than_the_best_one(metric: str) -> None:
    label = np.random.default_rng(0).lognormal(3.0, 1.0, 2_001)
    best = constant_score(label, metric)

    def error(constant: float) -> float:
        return task_metrics(label, np.full(len(label), constant), None)[metric]

    assert error(best) == min(error(float(each)) for each in [best, *np.linspace(0, 100, 2_001)])
