from dataclasses import replace

import pytest

from ml_platform.core.decision import Action, Cause
from ml_platform.core.facts import CheckName
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.loss import performance_loss, performance_loss_after_promotion
from ml_platform_tests.core.situations import POLICY, champion, decided, seen

BEFORE = seen(CheckName.PERFORMANCE, "ppp", first=-2)
LOST = champion(BEFORE, seen(CheckName.PERFORMANCE, "ff"))


def test_a_loss_on_matured_labels_retrains() -> None:
    decision = performance_loss(POLICY, champion(seen(CheckName.PERFORMANCE, "pf")), [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.RETRAIN, Cause.PERFORMANCE_LOSS)
    assert decision.patience is CheckName.PERFORMANCE


def test_a_loss_that_the_policy_does_not_list_is_told_and_no_more() -> None:
    policy = RetrainingSpec(on=("drift",))
    decision = performance_loss(policy, champion(seen(CheckName.PERFORMANCE, "f")), [])
    assert decision is not None
    assert decision.verdict is Action.ALERT
    assert 'does not list "degradation"' in decision.reason


@pytest.mark.parametrize("verdicts", ["", "p", "fp", "-"])
def test_no_loss_calls_for_nothing(verdicts: str) -> None:
    assert performance_loss(POLICY, champion(seen(CheckName.PERFORMANCE, verdicts)), []) is None


def test_the_predecessors_loss_is_not_the_champions() -> None:
    before = champion(seen(CheckName.PERFORMANCE, "fff", first=-2))
    assert performance_loss(POLICY, before, []) is None


def test_a_loss_that_began_at_the_last_promotion_rolls_back_first() -> None:
    decision = performance_loss_after_promotion(POLICY, LOST, [])
    assert decision is not None
    assert decision.verdict is Action.ROLL_BACK
    assert decision.cause is Cause.PERFORMANCE_LOSS_AFTER_PROMOTION
    assert "back to version 1" in decision.reason


@pytest.mark.parametrize(
    ("before", "since"), [("f", "ff"), ("", "ff"), ("-", "ff"), ("p", "pf"), ("p", "fp"), ("p", "")]
)
def test_a_loss_that_began_elsewhere_does_not_roll_back(before: str, since: str) -> None:
    facts = champion(
        seen(CheckName.PERFORMANCE, before, first=0), seen(CheckName.PERFORMANCE, since)
    )
    assert performance_loss_after_promotion(POLICY, facts, []) is None


def test_without_a_previous_champion_there_is_nothing_to_roll_back_to() -> None:
    facts = replace(LOST, previous_champion_version=None)
    assert performance_loss_after_promotion(POLICY, facts, []) is None


def test_it_does_not_roll_back_twice_in_a_row() -> None:
    assert performance_loss_after_promotion(POLICY, LOST, [decided(Action.ROLL_BACK, 0)]) is None
    earlier = [decided(Action.ROLL_BACK, -9), decided(Action.RETRAIN, 0)]
    assert performance_loss_after_promotion(POLICY, LOST, earlier) is not None
