from dataclasses import replace

import pytest

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Brake, Cause
from ml_platform.core.facts import CheckName
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.drift import (
    ROWS_TO_LEARN_A_VALUE,
    covariate_drift,
    multivariate_drift,
    unseen,
)
from ml_platform_tests.core.situations import POLICY, champion, day, seen

DRIFT, PERFORMANCE = CheckName.DRIFT, CheckName.PERFORMANCE
ESTIMATED = CheckName.ESTIMATED_PERFORMANCE
WITHOUT_DRIFT = RetrainingSpec(on=("degradation",))


def test_drift_with_fine_performance_is_told_quietly_and_not_retrained() -> None:
    decision = covariate_drift(POLICY, champion(seen(DRIFT, "pff"), seen(PERFORMANCE, "pp")), [])
    assert decision is not None
    assert (decision.verdict, decision.severity) == (Action.ALERT, Severity.INFO)
    assert decision.reason == "drift as measured; performance as measured: no retraining"


def test_drift_waits_while_nothing_is_known_of_performance_under_it() -> None:
    decision = covariate_drift(POLICY, champion(seen(DRIFT, "ppff"), seen(PERFORMANCE, "pp")), [])
    assert decision is not None
    assert (decision.verdict, decision.held_back_by) == (Action.WAIT, Brake.IMMATURE_LABELS)
    assert f"through {day(2)} only, not {day(5)}" in decision.reason


def test_drift_waits_while_the_champion_has_no_labels_at_all() -> None:
    decision = covariate_drift(POLICY, champion(seen(DRIFT, "f"), seen(PERFORMANCE, "-")), [])
    assert decision is not None
    assert "too few labels of the champion's predictions after 2013-02-01" in decision.reason


@pytest.mark.parametrize("verdicts", ["", "p", "fp", "-"])
def test_no_drift_calls_for_nothing(verdicts: str) -> None:
    assert covariate_drift(POLICY, champion(seen(DRIFT, verdicts)), []) is None


def test_an_estimate_within_its_band_is_as_good_as_labels_that_are_not_there_yet() -> None:
    facts = champion(seen(DRIFT, "pf"), seen(ESTIMATED, "pp"))
    decision = covariate_drift(POLICY, facts, [])
    assert decision is not None
    assert (decision.verdict, decision.severity) == (Action.ALERT, Severity.INFO)
    assert decision.reason == "drift as measured; estimated performance as measured: no retraining"
    assert list(decision.evidence) == ["drift", "estimated_performance"]


def test_an_estimate_and_labels_are_both_told() -> None:
    facts = champion(seen(DRIFT, "ff"), seen(ESTIMATED, "pp"), seen(PERFORMANCE, "p"))
    decision = covariate_drift(POLICY, facts, [])
    assert decision is not None
    assert list(decision.evidence) == ["drift", "estimated_performance", "performance"]


@pytest.mark.parametrize("estimates", ["p-", "--"])
def test_an_estimate_of_an_earlier_day_says_nothing_of_this_one(estimates: str) -> None:
    decision = covariate_drift(POLICY, champion(seen(DRIFT, "pf"), seen(ESTIMATED, estimates)), [])
    assert decision is not None
    assert decision.verdict is Action.WAIT


def test_rows_that_differ_only_as_a_whole_are_recorded_under_their_own_cause() -> None:
    facts = champion(seen(CheckName.MULTIVARIATE_DRIFT, "w"), seen(ESTIMATED, "p"))
    decision = multivariate_drift(POLICY, facts, [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.ALERT, Cause.MULTIVARIATE_DRIFT)
    assert multivariate_drift(POLICY, champion(seen(CheckName.MULTIVARIATE_DRIFT, "p")), []) is None


UNSEEN = champion(seen(CheckName.UNSEEN, "f"))


def test_unseen_values_that_labels_cover_retrain() -> None:
    covered = replace(UNSEEN, unseen_labelled_rows=ROWS_TO_LEARN_A_VALUE)
    decision = unseen(POLICY, covered, [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.RETRAIN, Cause.UNSEEN)
    told = unseen(WITHOUT_DRIFT, covered, [])
    assert told is not None
    assert told.verdict is Action.ALERT


def test_unseen_values_without_labels_ask_for_them() -> None:
    decision = unseen(POLICY, replace(UNSEEN, unseen_labelled_rows=7), [])
    assert decision is not None
    assert decision.verdict is Action.ASK_FOR_LABELS
    assert "; they are in 7 labelled rows, 50 are needed to learn them" in decision.reason


def test_seen_values_call_for_nothing() -> None:
    assert unseen(POLICY, champion(seen(CheckName.UNSEEN, "p")), []) is None
