from dataclasses import replace

import pytest

from ml_platform.core.decision import Action, Brake, Cause, Decision
from ml_platform.core.facts import CheckName
from ml_platform.core.retraining_brakes import hold_back
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform_tests.core.situations import POLICY, champion, decided, seen

RETRAIN = Decision(Action.RETRAIN, Cause.NEW_DATA, "the champion has aged")
REQUESTED = replace(RETRAIN, cause=Cause.REQUESTED)
PATIENT = replace(RETRAIN, patience=CheckName.PERFORMANCE)
ROLL_BACK = replace(PATIENT, verdict=Action.ROLL_BACK)


def test_what_nothing_holds_back_is_left_as_it_is() -> None:
    assert hold_back(RETRAIN, POLICY, champion(), []) is RETRAIN


@pytest.mark.parametrize("verdict", [Action.PAGE, Action.ALERT, Action.WAIT, Action.NOTHING])
def test_what_changes_no_model_is_never_held_back(verdict: Action) -> None:
    proposed = replace(PATIENT, verdict=verdict)
    facts = replace(champion(), retraining_running=True)
    assert hold_back(proposed, POLICY, facts, []) is proposed


@pytest.mark.parametrize("proposed", [RETRAIN, REQUESTED])
def test_one_retraining_at_a_time_whoever_asks(proposed: Decision) -> None:
    held = hold_back(proposed, POLICY, replace(champion(), retraining_running=True), [])
    assert (held.verdict, held.held_back_by) == (Action.WAIT, Brake.SINGLE_FLIGHT)
    assert held.reason.startswith(proposed.reason)


@pytest.mark.parametrize("proposed", [RETRAIN, REQUESTED, ROLL_BACK])
def test_a_rollout_belongs_to_the_retraining_that_made_its_version(proposed: Decision) -> None:
    held = hold_back(proposed, POLICY, replace(champion(), rollout_running="3"), [])
    assert (held.verdict, held.held_back_by) == (Action.WAIT, Brake.SINGLE_FLIGHT)
    assert held.reason.endswith("waits for the rollout of version 3")


@pytest.mark.parametrize("verdicts", ["f", "pf", "fppppf", "f--", "-"])
def test_patience_waits_for_k_of_the_last_n_evaluated(verdicts: str) -> None:
    facts = champion(seen(CheckName.PERFORMANCE, verdicts))
    held = hold_back(PATIENT, POLICY, facts, [])
    assert held.held_back_by is Brake.PATIENCE
    assert "waits for 2 violations among the last 5 partitions, " in held.reason


@pytest.mark.parametrize("verdicts", ["ff", "fpppf", "f---------f", "fw"])
@pytest.mark.parametrize("proposed", [PATIENT, ROLL_BACK])
def test_patience_ends_at_k_of_the_last_n_evaluated(proposed: Decision, verdicts: str) -> None:
    facts = champion(seen(CheckName.PERFORMANCE, verdicts))
    assert hold_back(proposed, POLICY, facts, []) is proposed


@pytest.mark.parametrize("apart", [0, 1, 2])
def test_the_cooldown_holds_what_no_person_asked_for(apart: int) -> None:
    past = [decided(Action.RETRAIN, 5 - apart)]
    held = hold_back(RETRAIN, POLICY, champion(as_of=5), past)
    assert held.held_back_by is Brake.COOLDOWN
    assert "cooldown of 3 days" in held.reason
    assert hold_back(REQUESTED, POLICY, champion(as_of=5), past) is REQUESTED


def test_the_cooldown_ends_and_counts_retrainings_only() -> None:
    past = [decided(Action.RETRAIN, 2), decided(Action.WAIT, 5), decided(Action.ROLL_BACK, 4)]
    assert hold_back(RETRAIN, POLICY, champion(as_of=5), past) is RETRAIN


@pytest.mark.parametrize("proposed", [RETRAIN, REQUESTED])
def test_the_budget_holds_whoever_asks(proposed: Decision) -> None:
    past = [decided(Action.RETRAIN, on) for on in (1, 8, 15, 22)]
    held = hold_back(proposed, POLICY, champion(as_of=30), past)
    assert held.held_back_by is Brake.BUDGET
    assert "the budget of 4 retrainings in 30 days is spent" in held.reason
    assert hold_back(proposed, POLICY, champion(as_of=31), past) is proposed


def test_a_budget_of_one_is_said_as_one() -> None:
    policy = RetrainingSpec(max_per_30_days=1)
    held = hold_back(RETRAIN, policy, champion(as_of=30), [decided(Action.RETRAIN, 9)])
    assert "the budget of 1 retraining in 30 days is spent" in held.reason


def test_a_rollback_needs_neither_cooldown_nor_budget() -> None:
    past = [decided(Action.RETRAIN, on) for on in (1, 2, 3, 4)]
    facts = champion(seen(CheckName.PERFORMANCE, "ff"))
    assert hold_back(ROLL_BACK, POLICY, facts, past) is ROLL_BACK


def test_earlier_partitions_decided_later_hold_to_the_same_limits() -> None:
    held = hold_back(RETRAIN, POLICY, champion(as_of=1), [decided(Action.RETRAIN, 2)])
    assert held.held_back_by is Brake.COOLDOWN
