from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from ml_platform.core.estimation.estimator import PerformanceEstimator
from ml_platform.core.estimation.expected import ESTIMABLE, Expected, expected_metrics
from ml_platform.core.estimation.fitting import fit_estimator
from ml_platform.core.estimation.report import SURELY_BEYOND, EstimateReport, judge_estimate
from ml_platform.core.monitoring_spec import EstimationSpec, PerformanceSpec
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.estimation.world import by_group, world

ESTIMATOR = fit_estimator(world(20_000, days=10), 0.4, by_group)
LIMITS = PerformanceSpec(floors={"roc_auc": 0.55}, max_drop={"brier": 0.02})
LATER = expected_metrics(ESTIMATOR.counts(world(2_000, seed=1).score), ESTIMATOR)
SEEN: Mapping[str, float] = {"temp": 0.0, "carrier": 0.01}


def _judge(
    expected: Expected = LATER,
    unseen: Mapping[str, float] | None = SEEN,
    brier: float = 0.17,
    limits: PerformanceSpec = LIMITS,
    estimator: PerformanceEstimator = ESTIMATOR,
    days: int = 1,
) -> EstimateReport:
    spec = EstimationSpec()
    return judge_estimate(expected, estimator, days, {"brier": brier}, limits, spec, unseen)


def test_an_estimate_within_the_limits_passes_and_says_what_it_is_blind_to() -> None:
    report = _judge()
    assert report.verdict is Verdict.PASSED
    assert report.sentence.startswith("estimated performance within its limits: roc_auc .8")
    assert ".17 on the hold-out" in report.sentence
    assert report.sentence.endswith(
        "(cbpe on 2,000 scored rows; blind to concept drift, which only labels show)"
    )


def test_an_estimated_loss_is_a_warning_and_never_a_failure() -> None:
    report = _judge(brier=0.05)
    assert report.verdict is Verdict.WARNED
    assert report.sentence.startswith("estimated performance beyond its limits: brier")
    assert {line.verdict for line in report.lines if line.metric == "brier"} == {Verdict.WARNED}
    assert report.surely_beyond == report.outcome().numbers[SURELY_BEYOND] == 1
    assert report.brief.startswith("estimated brier .05 -> .1")
    assert report.brief.endswith(" beyond limits")
    assert "perhaps" not in report.brief


def test_an_estimate_beyond_a_limit_within_its_own_error_is_so_perhaps() -> None:
    value = LATER.value["brier"]
    report = _judge(brier=value - LIMITS.max_drop["brier"] - 0.001)
    assert (report.verdict, report.surely_beyond) == (Verdict.WARNED, 0)
    assert report.outcome().brief.endswith(" perhaps beyond limits")


def test_in_brief_it_is_told_from_what_to_what() -> None:
    assert _judge().brief.endswith(" within limits")
    assert "brier .17 -> " in _judge().brief
    assert _judge(replace(LATER, rows=1)).brief == ""


@pytest.mark.parametrize(
    ("expected", "unseen", "why"),
    [
        (replace(LATER, rows=199), SEEN, "199 scored rows, 200 needed"),
        (replace(LATER, unsupported=0.3), SEEN, "30% of the scores are none of the hold-out's"),
        (LATER, None, "not known how many values the reference never had"),
        (LATER, {"temp": 0.41, "dewp": 0.1}, "41% of the values of temp are none"),
        (LATER, {"temp": 0.41, "dewp": 0.3}, "temp, and of 1 more column are none"),
    ],
)
def test_where_its_assumptions_fail_nothing_is_estimated(
    expected: Expected, unseen: Mapping[str, float] | None, why: str
) -> None:
    report = _judge(expected, unseen)
    assert report.verdict is Verdict.NOT_EVALUATED
    assert report.sentence.startswith("performance not estimated: ")
    assert why in report.sentence
    assert {line.verdict for line in report.lines} == {Verdict.NOT_EVALUATED}


def test_without_a_limit_on_a_metric_that_can_be_estimated_nothing_is_judged() -> None:
    report = _judge(limits=PerformanceSpec(floors={"calibration_error": 0.1}))
    assert report.verdict is Verdict.NOT_EVALUATED
    assert "no limit is set" in report.sentence
    assert "; calibration_error cannot be estimated (" in report.sentence


def test_a_limit_that_can_never_be_estimated_is_named_and_does_not_hide_the_others() -> None:
    limits = PerformanceSpec(
        floors={"roc_auc": 0.55, "calibration_error": 0.1}, max_drop={"calibration_error": 0.05}
    )
    report = _judge(limits=limits)
    assert report.verdict is Verdict.PASSED
    assert report.sentence.count("calibration_error") == 1
    assert "; calibration_error cannot be estimated (" in report.sentence


def test_a_limit_that_could_not_be_judged_is_not_kept() -> None:
    """The hold-out's f1 is not known: what keeps its own limit does not speak for it."""
    limits = PerformanceSpec(floors={"roc_auc": 0.55}, max_drop={"f1": 0.1})
    report = _judge(limits=limits)
    assert report.verdict is Verdict.NOT_EVALUATED
    assert report.sentence.startswith("estimated performance not evaluated: f1 no reference value")
    assert report.brief == ""
    both = PerformanceSpec(floors={"roc_auc": 0.99}, max_drop={"f1": 0.1})
    assert _judge(limits=both).verdict is Verdict.WARNED


def test_without_a_band_a_metric_is_not_evaluated_on_either_side_of_its_limit() -> None:
    """Positives so rare that no draw of labels has one: the band is not a number."""
    blank = replace(LATER, sampling=dict.fromkeys(ESTIMABLE, float("nan")))
    for floor in (0.0, 0.999):
        report = _judge(blank, limits=PerformanceSpec(floors={"recall": floor}))
        assert (report.verdict, report.surely_beyond) == (Verdict.NOT_EVALUATED, 0)
        assert "how surely cannot be told" in report.sentence


def test_a_limit_without_its_reference_is_not_evaluated() -> None:
    report = judge_estimate(
        LATER, ESTIMATOR, 1, {}, PerformanceSpec(max_drop={"f1": 0.1}), EstimationSpec(), SEEN
    )
    assert report.verdict is Verdict.NOT_EVALUATED
    assert report.sentence.startswith("estimated performance not evaluated: f1 no reference value")


def test_the_band_is_of_labels_by_chance_and_of_days_that_differ() -> None:
    known = replace(ESTIMATOR, day_variance=dict.fromkeys(ESTIMABLE, 0.01))
    unknown = replace(ESTIMATOR, day_variance={"brier": float("nan")})
    chance = LATER.sampling["brier"]
    assert _judge(estimator=known, days=4).deviations["brier"] == pytest.approx(
        np.hypot(chance, 0.1 / 2)
    )
    assert _judge(estimator=unknown).deviations["brier"] == chance
    line = next(x for x in _judge(estimator=unknown).lines if x.metric == "brier")
    assert line.high - line.value == pytest.approx(1.96 * chance)


def test_the_table_and_the_check_hold_every_metric() -> None:
    report = _judge()
    rows = list(report.rows())
    assert [row["metric"] for row in rows] == list(ESTIMABLE)
    assert {(row["rows"], row["method"]) for row in rows} == {(2_000, "cbpe")}
    outcome = report.outcome()
    assert outcome.numbers["brier"] == LATER.value["brier"]
    assert outcome.numbers["label_rate"] == LATER.positive_rate
    assert len(outcome.table) == len(ESTIMABLE)


def test_what_was_not_judged_is_not_said_to_be_beyond_no_limit() -> None:
    assert SURELY_BEYOND not in _judge(unseen=None).outcome().numbers
    assert _judge().outcome().numbers[SURELY_BEYOND] == 0
