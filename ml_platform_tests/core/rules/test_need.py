from dataclasses import replace
from datetime import timedelta

from ml_platform.core.decision import Action, Brake, Cause
from ml_platform.core.facts import Request
from ml_platform.core.retraining_spec import RetrainingSpec
from ml_platform.core.rules.need import new_data, no_champion, requested
from ml_platform_tests.core.situations import POLICY, champion, day, decided

REQUEST = Request("r1", "Ada", "a new route opened", {"max_depth": 3})
NEWCOMER = replace(champion(), champion_version=None)


def test_a_request_retrains_in_the_name_of_who_asked() -> None:
    decision = requested(POLICY, replace(champion(), requests=(REQUEST,)), [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.RETRAIN, Cause.REQUESTED)
    assert decision.reason == "Ada asked for it: a new route opened"
    assert (decision.refers_to, decision.params) == ("r1", {"max_depth": 3})


def test_a_request_is_answered_once() -> None:
    facts = replace(champion(), requests=(REQUEST,))
    assert requested(POLICY, facts, [decided(Action.RETRAIN, 1, refers_to="r1")]) is None
    assert requested(POLICY, facts, [decided(Action.WAIT, 1, refers_to="r1")]) is not None


def test_without_a_champion_the_first_is_trained_as_soon_as_rows_suffice() -> None:
    decision = no_champion(POLICY, NEWCOMER, [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.RETRAIN, Cause.NO_CHAMPION)


def test_without_rows_enough_it_says_how_many_are_missing() -> None:
    decision = no_champion(POLICY, replace(NEWCOMER, labelled_rows=3_800), [])
    assert decision is not None
    assert (decision.verdict, decision.held_back_by) == (Action.WAIT, Brake.IMMATURE_LABELS)
    assert decision.reason.endswith("needs 1,200 more labelled rows (3,800 of 5,000)")
    one_short = no_champion(POLICY, replace(NEWCOMER, labelled_rows=4_999), [])
    assert one_short is not None
    assert "needs 1 more labelled row (" in one_short.reason


def test_with_a_champion_no_first_one_is_needed() -> None:
    assert no_champion(POLICY, champion(), []) is None


def test_an_aged_champion_is_retrained_where_that_is_declared() -> None:
    policy = RetrainingSpec(on=("new_data",), max_age=timedelta(days=30))
    decision = new_data(policy, champion(as_of=35), [])
    assert decision is not None
    assert (decision.verdict, decision.cause) == (Action.RETRAIN, Cause.NEW_DATA)
    assert f"through {day(-1)}, 36 days before {day(35)}" in decision.reason


def test_an_age_of_a_day_is_said_as_one() -> None:
    policy = RetrainingSpec(on=("new_data",), max_age=timedelta(hours=6))
    decision = new_data(policy, champion(as_of=0), [])
    assert decision is not None
    assert f"through {day(-1)}, 1 day before {day(0)}" in decision.reason


def test_a_young_champion_or_one_without_a_declared_age_is_not_retrained() -> None:
    policy = RetrainingSpec(on=("new_data",), max_age=timedelta(days=30))
    assert new_data(policy, champion(as_of=29), []) is None
    assert new_data(POLICY, champion(as_of=35), []) is None
    assert new_data(policy, replace(NEWCOMER, champion_trained_through=None), []) is None


def test_a_step_that_fails_is_named_where_rows_are_missing_or_enough() -> None:
    broken = replace(NEWCOMER, obstacle="flight_delay/features fails: KeyError: 'dist'")
    waiting = no_champion(POLICY, replace(broken, labelled_rows=4_960), [])
    assert waiting is not None
    assert waiting.reason.endswith(
        "needs 40 more labelled rows (4,960 of 5,000); "
        "but flight_delay/features fails: KeyError: 'dist'"
    )
    training = no_champion(POLICY, broken, [])
    assert training is not None
    assert training.reason.endswith("; but flight_delay/features fails: KeyError: 'dist'")
