from dataclasses import replace

import pytest

from ml_platform.core.decision import Action, Brake, Cause
from ml_platform.core.facts import CheckName, Facts
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.drift_with_loss import drift_with_estimated_loss, drift_with_loss
from ml_platform_tests.core.situations import POLICY, champion, day, seen

DRIFT, MULTIVARIATE = CheckName.DRIFT, CheckName.MULTIVARIATE_DRIFT
PERFORMANCE, ESTIMATED = CheckName.PERFORMANCE, CheckName.ESTIMATED_PERFORMANCE
WITHOUT_DRIFT = RetrainingSpec(on=("degradation",))


def with_new_labels(*checks: tuple) -> Facts:
    return replace(champion(*checks), learnable_through=day(3))


@pytest.mark.parametrize("check", [DRIFT, MULTIVARIATE])
def test_drift_with_loss_retrains(check: CheckName) -> None:
    decision = drift_with_loss(POLICY, champion(seen(check, "f"), seen(PERFORMANCE, "f")), [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.RETRAIN, Cause.COVARIATE_DRIFT)
    assert decision.patience is check


@pytest.mark.parametrize(("drift", "realised"), [("f", "p"), ("p", "f"), ("", "f"), ("f", "")])
def test_one_without_the_other_does_not_retrain(drift: str, realised: str) -> None:
    facts = champion(seen(DRIFT, drift), seen(PERFORMANCE, realised))
    assert drift_with_loss(POLICY, facts, []) is None


def test_drift_with_loss_that_the_policy_does_not_list_is_told_and_no_more() -> None:
    facts = champion(seen(DRIFT, "f"), seen(PERFORMANCE, "f"))
    decision = drift_with_loss(WITHOUT_DRIFT, facts, [])
    assert decision is not None
    assert decision.verdict is Action.ALERT


def test_drift_with_an_estimated_loss_retrains_where_there_is_something_new_to_learn() -> None:
    facts = with_new_labels(seen(DRIFT, "ff"), seen(ESTIMATED, "ff"))
    decision = drift_with_estimated_loss(POLICY, facts, [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.RETRAIN, Cause.COVARIATE_DRIFT)
    assert decision.patience is ESTIMATED
    assert decision.reason == "drift as measured; estimated performance as measured"


@pytest.mark.parametrize("realised", ["-p", "pp"])
def test_labels_that_show_no_loss_refute_the_estimate(realised: str) -> None:
    facts = with_new_labels(seen(DRIFT, "ff"), seen(ESTIMATED, "pf"), seen(PERFORMANCE, realised))
    assert drift_with_estimated_loss(POLICY, facts, []) is None


def test_labels_of_the_days_before_the_estimated_loss_refute_nothing() -> None:
    facts = with_new_labels(seen(DRIFT, "ff"), seen(ESTIMATED, "pf"), seen(PERFORMANCE, "p"))
    decision = drift_with_estimated_loss(POLICY, facts, [])
    assert decision is not None
    assert decision.verdict is Action.RETRAIN


@pytest.mark.parametrize(("drift", "estimated"), [("f", "p"), ("p", "f"), ("f", "-"), ("-", "f")])
def test_drift_or_an_estimated_loss_alone_is_not_this_rules_business(
    drift: str, estimated: str
) -> None:
    facts = with_new_labels(seen(DRIFT, drift), seen(ESTIMATED, estimated))
    assert drift_with_estimated_loss(POLICY, facts, []) is None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"learnable_through": None}, f"has learned through {day(-1)} already"),
        ({"learnable_through": day(-1)}, f"has learned through {day(-1)} already"),
        (
            {"learnable_through": None, "champion_trained_through": None},
            "has learned all there is already",
        ),
        ({"labelled_rows": 4_000}, "to retrain needs 1,000 more labelled rows"),
    ],
)
def test_without_new_labels_it_asks_for_them(changed: dict, told: str) -> None:
    facts = replace(with_new_labels(seen(DRIFT, "f"), seen(ESTIMATED, "f")), **changed)
    decision = drift_with_estimated_loss(POLICY, facts, [])
    assert decision is not None
    assert decision.verdict is Action.ASK_FOR_LABELS
    assert decision.held_back_by is Brake.IMMATURE_LABELS
    assert told in decision.reason


def test_a_champion_of_unknown_age_is_retrained_on_whatever_labels_there_are() -> None:
    facts = with_new_labels(seen(DRIFT, "f"), seen(ESTIMATED, "f"))
    decision = drift_with_estimated_loss(POLICY, replace(facts, champion_trained_through=None), [])
    assert decision is not None
    assert decision.verdict is Action.RETRAIN


def test_an_estimated_loss_that_the_policy_does_not_list_is_told_and_no_more() -> None:
    facts = with_new_labels(seen(DRIFT, "f"), seen(ESTIMATED, "f"))
    decision = drift_with_estimated_loss(WITHOUT_DRIFT, facts, [])
    assert decision is not None
    assert decision.verdict is Action.ALERT
