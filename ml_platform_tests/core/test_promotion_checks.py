from dataclasses import replace

import pytest

from ml_platform.core.gate_evidence import ExtremeScores, GateEvidence, SegmentScore
from ml_platform.core.parity import Parity
from ml_platform.core.performance.interval import Interval
from ml_platform.core.promotion_checks import (
    better_than_baseline,
    better_than_champion,
    floor,
    not_worse_than_champion,
    same_bits_online,
    sane_on_extremes,
    segments_hold,
)
from ml_platform.core.promotion_spec import PromotionSpec
from ml_platform.core.verdict import Verdict

PASSED, FAILED, NOT_EVALUATED = Verdict.PASSED, Verdict.FAILED, Verdict.NOT_EVALUATED
SPEC = PromotionSpec()
NAN = float("nan")


def measured(metric: str, low: float, high: float) -> GateEvidence:
    return GateEvidence(
        candidate={metric: 0.2},
        champion={metric: 0.2},
        base_rate={},
        differences={metric: Interval(low, (low + high) / 2, high)},
    )


@pytest.mark.parametrize(
    ("metric", "low", "high", "verdict"),
    [
        ("brier", -0.02, -0.01, PASSED),
        ("brier", -0.02, 0.01, PASSED),
        ("brier", -0.02, 0.011, FAILED),
        ("recall", -0.01, 0.5, PASSED),
        ("recall", -0.011, 0.5, FAILED),
        ("recall", NAN, 0.5, NOT_EVALUATED),
        ("recall", 0.1, float("inf"), NOT_EVALUATED),
    ],
)
def test_harm_beyond_the_tolerance_must_be_ruled_out(
    metric: str, low: float, high: float, verdict: Verdict
) -> None:
    check = not_worse_than_champion(measured(metric, low, high), SPEC, metric, 0.01)
    assert (check.verdict, check.applicable) == (verdict, True)


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(-0.02, -0.01, PASSED), (-0.02, 0.0, FAILED), (0.01, 0.02, FAILED), (NAN, 1, NOT_EVALUATED)],
)
def test_a_gain_must_be_certain_where_better_is_demanded(
    low: float, high: float, verdict: Verdict
) -> None:
    assert better_than_champion(measured("brier", low, high), SPEC).verdict is verdict


def test_a_loss_is_called_worse_and_not_a_negative_gain() -> None:
    spec = PromotionSpec(confidence=0.975)
    check = not_worse_than_champion(measured("brier", -0.012, 0.046), spec, "brier", 0.01)
    assert check.reason == (
        "brier 0.2000 against 0.2000 of the champion: worse by 0.0170, with 97.5% confidence "
        "from worse by 0.0460 to better by 0.0120; worse by 0.01 is allowed"
    )
    check = not_worse_than_champion(measured("recall", -0.012, 0.046), spec, "recall", 0.01)
    assert "of the champion: better by 0.0170, with" in check.reason


def test_no_difference_at_all_has_no_sign() -> None:
    same = measured("brier", 0.0, 0.0)
    check = not_worse_than_champion(same, SPEC, "brier", 0.0)
    assert check.opens
    assert "of the champion: equal, with" in check.reason
    assert str(check.threshold) == "0.0"
    assert better_than_champion(same, SPEC).reason.endswith(
        "to equal; the whole range must be better"
    )


def test_without_a_champion_comparisons_do_not_apply() -> None:
    first = replace(measured("brier", 0, 0), champion=None)
    checks = [
        better_than_champion(first, SPEC),
        not_worse_than_champion(first, SPEC, "brier", 0.01),
        segments_hold(first, SPEC),
    ]
    assert [(c.applicable, c.opens, c.verdict) for c in checks] == [
        (False, True, NOT_EVALUATED)
    ] * 3
    assert all("there is no champion yet" in check.reason for check in checks)


@pytest.mark.parametrize(
    ("metric", "value", "bound", "verdict"),
    [
        ("roc_auc", 0.55, 0.55, PASSED),
        ("roc_auc", 0.54, 0.55, FAILED),
        ("brier", 0.2, 0.2, PASSED),
        ("brier", 0.21, 0.2, FAILED),
        ("recall", NAN, 0.2, NOT_EVALUATED),
    ],
)
def test_a_floor_is_the_worst_value_that_passes(
    metric: str, value: float, bound: float, verdict: Verdict
) -> None:
    evidence = GateEvidence(candidate={metric: value}, champion=None, base_rate={})
    assert floor(evidence, metric, bound).verdict is verdict


@pytest.mark.parametrize(
    ("metric", "candidate", "baseline", "verdict"),
    [
        ("brier", {"brier": 0.16}, {"brier": 0.17}, PASSED),
        ("brier", {"brier": 0.17}, {"brier": 0.17}, FAILED),
        ("roc_auc", {"roc_auc": 0.7}, {"roc_auc": 0.5}, PASSED),
        ("recall", {"brier": 0.16, "recall": 0.4}, {"brier": 0.17, "recall": 1.0}, PASSED),
        ("brier", {"brier": NAN}, {"brier": 0.17}, NOT_EVALUATED),
        ("brier", {"brier": 0.16}, {}, NOT_EVALUATED),
    ],
)
def test_a_baseline_must_be_beaten_on_what_constants_cannot_win(
    metric: str, candidate: dict[str, float], baseline: dict[str, float], verdict: Verdict
) -> None:
    evidence = GateEvidence(candidate=candidate, champion=None, base_rate={})
    check = better_than_baseline("base", evidence, baseline, metric, "the base rate")
    assert check.verdict is verdict


def test_a_baseline_that_is_not_declared_does_not_apply() -> None:
    evidence = GateEvidence(candidate={}, champion=None, base_rate={})
    assert better_than_baseline("rule", evidence, None, "brier", "the rule").opens


def with_segments(*segments: SegmentScore) -> GateEvidence:
    return GateEvidence(candidate={}, champion={}, base_rate={}, segments=segments)


JFK = SegmentScore("origin", "JFK", 900, 0.16, 0.17)
LGA = SegmentScore("origin", "LGA", 900, 0.23, 0.17)
RARE = SegmentScore("carrier", "OO", 9, 0.9, 0.1)


def test_no_segment_may_fall_far_behind() -> None:
    check = segments_hold(with_segments(JFK, LGA), SPEC)
    assert check.verdict is FAILED
    assert (
        "brier of origin LGA is worse by 0.0600 (900 rows), the furthest behind of 2"
        in check.reason
    )


def test_small_or_undefined_segments_are_left_out_and_counted() -> None:
    undefined = replace(JFK, value="EWR", candidate=NAN)
    unknown = replace(JFK, value="PHL", champion=None)
    check = segments_hold(with_segments(JFK, RARE, undefined, unknown), SPEC)
    assert check.verdict is PASSED
    assert "is better by 0.0100 (900 rows), the furthest behind of 1 segment;" in check.reason
    assert "3 not evaluated" in check.reason


def test_where_all_segments_are_too_small_nothing_is_passed() -> None:
    assert segments_hold(with_segments(RARE), SPEC).verdict is NOT_EVALUATED


def test_without_segments_there_is_nothing_to_hold() -> None:
    check = segments_hold(with_segments(), SPEC)
    assert check.opens
    assert "no segments are declared" in check.reason


SANE = ExtremeScores(rows=64, finite=True, in_unit_interval=True, spread=0.4)


@pytest.mark.parametrize(
    ("scores", "verdict", "said"),
    [
        (SANE, PASSED, "spread over 0.400"),
        (replace(SANE, finite=False), FAILED, "some are not finite"),
        (replace(SANE, in_unit_interval=False), FAILED, "outside 0 to 1"),
        (replace(SANE, spread=0.0), FAILED, "all are the same"),
        (replace(SANE, spread=NAN), FAILED, "all are the same"),
        (replace(SANE, rows=0), NOT_EVALUATED, "no extreme rows"),
        (None, NOT_EVALUATED, "no extreme rows"),
    ],
)
def test_scores_of_extremes_must_be_sane(
    scores: ExtremeScores | None, verdict: Verdict, said: str
) -> None:
    evidence = GateEvidence(candidate={}, champion=None, base_rate={}, extremes=scores)
    check = sane_on_extremes(evidence)
    assert check.verdict is verdict
    assert said in check.reason


@pytest.mark.parametrize(
    ("parity", "verdict", "said"),
    [
        (None, NOT_EVALUATED, "no rows were replayed"),
        (Parity(9_999, 0), NOT_EVALUATED, "only 9,999 rows replayed; 10,000 are needed"),
        (Parity(10_000, 0), PASSED, "10,000 rows through batch and endpoint: all bits equal"),
        (
            Parity(10_000, 1_234, "row 7: 0.1 in batch, 0.2 online"),
            FAILED,
            "1,234 differ: row 7: 0.1 in batch, 0.2 online",
        ),
    ],
)
def test_batch_and_endpoint_must_give_the_same_bits(
    parity: Parity | None, verdict: Verdict, said: str
) -> None:
    check = same_bits_online(GateEvidence(candidate={}, champion=None, base_rate={}, parity=parity))
    assert check.verdict is verdict
    assert said in check.reason
    assert check.applicable
