from dataclasses import replace

import pytest

from ml_platform.core.alerts import Severity
from ml_platform.core.decision import Action, Brake, Cause
from ml_platform.core.facts import CheckName
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.drift import (
    ROWS_TO_LEARN_A_VALUE,
    covariate_drift,
    drift_with_loss,
    score_drift,
    unseen,
)
from ml_platform_tests.core.situations import POLICY, champion, day, seen

DRIFT, PERFORMANCE = CheckName.DRIFT, CheckName.PERFORMANCE
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
    facts = champion(seen(DRIFT, verdicts))
    assert covariate_drift(POLICY, facts, []) is None
    assert drift_with_loss(POLICY, facts, []) is None


def test_drift_with_loss_retrains() -> None:
    decision = drift_with_loss(POLICY, champion(seen(DRIFT, "f"), seen(PERFORMANCE, "f")), [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.RETRAIN, Cause.COVARIATE_DRIFT)
    assert decision.patience is DRIFT


def test_drift_without_loss_does_not_retrain() -> None:
    assert drift_with_loss(POLICY, champion(seen(DRIFT, "f"), seen(PERFORMANCE, "p")), []) is None


def test_drift_with_loss_that_the_policy_does_not_list_is_told_and_no_more() -> None:
    facts = champion(seen(DRIFT, "f"), seen(PERFORMANCE, "f"))
    decision = drift_with_loss(WITHOUT_DRIFT, facts, [])
    assert decision is not None
    assert decision.verdict is Action.ALERT


def test_drift_of_scores_waits_for_labels() -> None:
    decision = score_drift(POLICY, champion(seen(CheckName.SCORE_DRIFT, "f")), [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.ALERT, Cause.SCORE_DRIFT)
    assert decision.held_back_by is Brake.IMMATURE_LABELS
    assert "wait for labels: too few labels" in decision.reason


@pytest.mark.parametrize(("realised", "severity"), [("p", Severity.INFO), ("f", Severity.WARNING)])
def test_drift_of_scores_with_known_performance_is_recorded(
    realised: str, severity: Severity
) -> None:
    facts = champion(seen(CheckName.SCORE_DRIFT, "f"), seen(PERFORMANCE, realised))
    decision = score_drift(POLICY, facts, [])
    assert decision is not None
    assert (decision.verdict, decision.severity) == (Action.ALERT, severity)
    assert decision.held_back_by is None


def test_steady_scores_call_for_nothing() -> None:
    assert score_drift(POLICY, champion(seen(CheckName.SCORE_DRIFT, "p")), []) is None


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
