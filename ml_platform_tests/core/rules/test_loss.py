from dataclasses import replace

import pytest

from ml_platform.core.decision import Action, Cause
from ml_platform.core.facts import CheckName, Facts
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules import Rule
from ml_platform.core.rules.loss import (
    concept_drift,
    concept_drift_after_promotion,
    performance_loss,
    performance_loss_after_promotion,
)
from ml_platform_tests.core.situations import POLICY, champion, decided, seen

PERFORMANCE, CONCEPT = CheckName.PERFORMANCE, CheckName.CONCEPT_DRIFT
RETRAINED = pytest.mark.parametrize(
    ("rule", "check", "cause"),
    [
        (performance_loss, PERFORMANCE, Cause.PERFORMANCE_LOSS),
        (concept_drift, CONCEPT, Cause.CONCEPT_DRIFT),
    ],
)
ROLLED_BACK = pytest.mark.parametrize(
    ("rule", "check", "cause"),
    [
        (
            performance_loss_after_promotion,
            PERFORMANCE,
            Cause.PERFORMANCE_LOSS_AFTER_PROMOTION,
        ),
        (concept_drift_after_promotion, CONCEPT, Cause.CONCEPT_DRIFT_AFTER_PROMOTION),
    ],
)


def lost(check: CheckName, before: str = "ppp", since: str = "ff") -> Facts:
    return champion(seen(check, before, first=1 - len(before)), seen(check, since))


@RETRAINED
def test_a_loss_on_labels_retrains(rule: Rule, check: CheckName, cause: Cause) -> None:
    decision = rule(POLICY, champion(seen(check, "pf")), [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.RETRAIN, cause)
    assert decision.patience is check


@RETRAINED
def test_a_loss_that_the_policy_does_not_list_is_told_and_no_more(
    rule: Rule, check: CheckName, cause: Cause
) -> None:
    decision = rule(RetrainingSpec(on=("drift",)), champion(seen(check, "f")), [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.ALERT, cause)
    assert 'does not list "degradation"' in decision.reason


@RETRAINED
@pytest.mark.parametrize("verdicts", ["", "p", "fp", "-"])
def test_no_loss_calls_for_nothing(
    rule: Rule, check: CheckName, cause: Cause, verdicts: str
) -> None:
    assert rule(POLICY, champion(seen(check, verdicts)), []) is None


@RETRAINED
def test_the_predecessors_loss_is_not_the_champions(
    rule: Rule, check: CheckName, cause: Cause
) -> None:
    assert rule(POLICY, champion(seen(check, "fff", first=-2)), []) is None


@ROLLED_BACK
def test_a_loss_that_began_at_the_last_promotion_rolls_back_first(
    rule: Rule, check: CheckName, cause: Cause
) -> None:
    decision = rule(POLICY, lost(check), [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.ROLL_BACK, cause)
    assert decision.patience is check
    assert "back to version 1" in decision.reason


@ROLLED_BACK
@pytest.mark.parametrize(
    ("before", "since"),
    [("f", "ff"), ("", "ff"), ("-", "ff"), ("p", "pf"), ("p", "fp"), ("p", "fpf"), ("p", "")],
)
def test_a_loss_that_began_elsewhere_does_not_roll_back(
    rule: Rule, check: CheckName, cause: Cause, before: str, since: str
) -> None:
    assert rule(POLICY, lost(check, before, since), []) is None


@ROLLED_BACK
def test_without_a_previous_champion_there_is_nothing_to_roll_back_to(
    rule: Rule, check: CheckName, cause: Cause
) -> None:
    assert rule(POLICY, replace(lost(check), previous_champion_version=None), []) is None


@ROLLED_BACK
def test_it_does_not_roll_back_twice_in_a_row(rule: Rule, check: CheckName, cause: Cause) -> None:
    assert rule(POLICY, lost(check), [decided(Action.ROLL_BACK, 0)]) is None
    earlier = [decided(Action.ROLL_BACK, -9), decided(Action.RETRAIN, 0)]
    assert rule(POLICY, lost(check), earlier) is not None
