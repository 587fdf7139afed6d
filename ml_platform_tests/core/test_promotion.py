from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.gate_evidence import ExtremeScores, GateEvidence, SegmentScore
from ml_platform.core.parity import Parity
from ml_platform.core.performance.interval import Interval
from ml_platform.core.promotion import GateReport, judge_candidate
from ml_platform.core.promotion_spec import PromotionSpec

SPEC = PromotionSpec(metric="brier", must_not_worsen=("recall",), floors={"roc_auc": 0.55})
GOOD = GateEvidence(
    candidate={"brier": 0.16, "recall": 0.5, "roc_auc": 0.7},
    champion={"brier": 0.17, "recall": 0.5, "roc_auc": 0.68},
    base_rate={"brier": 0.19},
    rule={"brier": 0.18},
    differences={
        "brier": Interval(-0.013, -0.01, -0.007),
        "recall": Interval(-0.02, 0.0, 0.02),
    },
    segments=(SegmentScore("origin", "JFK", 900, 0.16, 0.17),),
    extremes=ExtremeScores(rows=64, finite=True, in_unit_interval=True, spread=0.4),
    parity=Parity(rows=10_000, different=0),
)


def refusals(report: GateReport) -> list[str]:
    return [check.name for check in report.refusals]


def test_a_candidate_that_is_better_throughout_passes() -> None:
    report = judge_candidate(GOOD, SPEC)
    assert report.passed
    assert report.reason == "all 8 checks of the gate passed"


def test_what_is_refused_is_told_with_the_numbers() -> None:
    worse = replace(GOOD, candidate=dict(GOOD.candidate) | {"roc_auc": 0.51})
    report = judge_candidate(worse, SPEC)
    assert not report.passed
    assert report.reason == "floor.roc_auc: roc_auc 0.5100, at least 0.55 is declared"


def test_the_first_candidate_passes_without_a_champion_if_it_beats_the_base_rate() -> None:
    first = replace(GOOD, champion=None, differences={})
    assert judge_candidate(first, SPEC).passed
    assert judge_candidate(first, SPEC.model_copy(update={"mode": "better"})).passed
    useless = replace(first, base_rate={"brier": 0.16})
    assert refusals(judge_candidate(useless, SPEC)) == ["better_than_base_rate"]


def test_a_champion_without_a_measured_difference_keeps_the_gate_shut() -> None:
    blind = replace(GOOD, differences={})
    assert refusals(judge_candidate(blind, SPEC)) == [
        "not_worse_than_champion.brier",
        "not_worse_than_champion.recall",
    ]


def test_the_mode_better_demands_a_certain_gain() -> None:
    spec = SPEC.model_copy(update={"mode": "better"})
    assert judge_candidate(GOOD, spec).passed
    unsure = replace(GOOD, differences=dict(GOOD.differences) | {"brier": Interval(-0.02, 0, 0)})
    assert refusals(judge_candidate(unsure, spec)) == ["better_than_champion"]


@given(st.sampled_from(["brier", "recall", "roc_auc", "segments", "extremes", "base_rate", "rule"]))
def test_not_evaluated_is_never_passed(missing: str) -> None:
    nan = float("nan")
    blind = {
        "brier": replace(GOOD, differences={"recall": GOOD.differences["recall"]}),
        "recall": replace(
            GOOD, differences=dict(GOOD.differences) | {"recall": Interval(nan, 0, 0)}
        ),
        "roc_auc": replace(GOOD, candidate={"brier": 0.16, "recall": 0.5}),
        "segments": replace(GOOD, segments=(SegmentScore("origin", "JFK", 9, 0.1, 0.1),)),
        "extremes": replace(GOOD, extremes=None),
        "base_rate": replace(GOOD, base_rate={}),
        "rule": replace(GOOD, rule={"brier": nan}),
    }[missing]
    assert not judge_candidate(blind, SPEC).passed
