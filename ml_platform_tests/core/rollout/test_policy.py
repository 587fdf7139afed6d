"""The policy of a rollout: what is done when, and why."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.rollout.facts import RolloutFacts
from ml_platform.core.rollout.policy import decide
from ml_platform.core.rollout.signal import Reading, Signal, limit_of
from ml_platform.core.rollout.step import Cause, Move
from ml_platform.core.rollout.value_counts import ValueCounts
from ml_platform.core.serving_spec import RolloutSpec
from ml_platform_tests.core.rollout.rollouts import (
    LARGE,
    SHADOW,
    SMALL,
    SPEC,
    after,
    facts,
    in_canary,
    reading,
    standing,
)

LABELLED = SPEC.model_copy(update={"max_loss": 0.02, "step_labels": 50})


def test_each_step_that_has_all_it_needs_leads_to_the_next() -> None:
    shadow, small = decide(SPEC, standing(), facts()), decide(SPEC, in_canary(), facts())
    assert (shadow.move, shadow.stage) == (Move.ADVANCE, SMALL)
    assert (small.move, small.stage) == (Move.ADVANCE, LARGE)
    assert "next: canary 5%" in shadow.reason


def test_the_last_step_leads_to_the_promotion() -> None:
    last = decide(SPEC, in_canary(LARGE), facts())
    assert (last.move, last.stage) == (Move.PROMOTE, None)
    assert last.reason.startswith("version 2 replaces version 1; canary 25% done")


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({"step_requests": 99}, "99 of 100 requests"),
        ({"newest_request": after(4)}, "4.0 of 5 minutes"),
        ({"newest_request": after(-1)}, "0.0 of 5 minutes"),
    ],
)
def test_a_step_waits_for_its_requests_and_its_minutes(known: dict, said: str) -> None:
    step = decide(SPEC, standing(), facts(**known))
    assert (step.move, step.cause, step.stage) == (Move.HOLD, Cause.FEW_REQUESTS, SHADOW)
    assert said in step.reason


def test_minutes_are_those_of_the_requests_and_not_of_the_one_who_looks() -> None:
    late = facts(newest_request=after(4), looked_at=after(6000))
    assert decide(SPEC, standing(), late).cause is Cause.FEW_REQUESTS


def test_a_rollout_that_gets_no_requests_waits_and_says_so() -> None:
    none = {"step_requests": 0, "newest_request": None}
    new, old = (decide(SPEC, standing(), facts(looked_at=after(m), **none)) for m in (4, 5))
    assert (new.move, new.cause) == (Move.HOLD, Cause.FEW_REQUESTS)
    assert (old.move, old.cause) == (Move.HOLD, Cause.NO_REQUESTS)
    assert old.reason == "no requests for version 2 in shadow yet; the champion had 9,000 requests"


def test_a_rollout_that_takes_too_long_is_given_up() -> None:
    none = {"step_requests": 0, "newest_request": None}
    end = standing().started_at + SPEC.longest
    on_time, late = (
        decide(SPEC, standing(), facts(looked_at=at, **none))
        for at in (end, end + timedelta(seconds=1))
    )
    assert on_time.move is Move.HOLD
    assert (late.move, late.cause) == (Move.GIVE_UP, Cause.TOO_LONG)
    assert late.reason == "not through after 7 days: in shadow with 0 requests"


@pytest.mark.parametrize(
    ("signal", "rollout"),
    [
        (Signal.ERROR_RATE, in_canary()),
        (Signal.SLOW_SHARE, standing()),
        (Signal.SLOW_SHARE, in_canary(LARGE)),
        (Signal.DIVERGENCE, standing()),
    ],
)
def test_a_limit_that_is_refuted_rolls_back_at_once(signal: Signal, rollout) -> None:
    step = decide(SPEC, rollout, facts(reading(signal, 30, 60), step_requests=60))
    assert (step.move, step.cause, step.stage) == (Move.ROLL_BACK, Cause.ALARM, None)
    assert f"{signal.said} .5 over 60 requests" in step.reason


def test_a_value_above_its_limit_is_no_alarm_while_chance_may_explain_it() -> None:
    assert decide(SPEC, in_canary(), facts(reading(Signal.ERROR_RATE, 2, 100))).move is Move.ADVANCE


def test_what_the_champion_suffers_from_too_is_not_blamed_on_the_version() -> None:
    both = decide(SPEC, standing(), facts(reading(Signal.SLOW_SHARE, 30, 60, (60, 200))))
    assert (both.move, both.cause, both.stage) == (Move.HOLD, Cause.CHAMPION_ALIKE, SHADOW)
    assert "but the champion's is .3" in both.reason
    alone = decide(SPEC, standing(), facts(reading(Signal.SLOW_SHARE, 30, 60, (2, 200))))
    assert alone.move is Move.ROLL_BACK


def test_a_rollout_that_shares_its_alarm_with_the_champion_is_given_up_in_the_end() -> None:
    late = standing().started_at + SPEC.longest + timedelta(seconds=1)
    known = facts(reading(Signal.SLOW_SHARE, 30, 60, (60, 200)), looked_at=late)
    step = decide(SPEC, standing(), known)
    assert (step.move, step.cause) == (Move.GIVE_UP, Cause.TOO_LONG)


def test_one_signal_of_its_own_is_enough_beside_one_that_both_share() -> None:
    slow = reading(Signal.SLOW_SHARE, 30, 60, (60, 200))
    step = decide(SPEC, standing(), facts(slow, reading(Signal.DIVERGENCE, 30, 60)))
    assert step.move is Move.ROLL_BACK
    assert "slow" not in step.reason


def test_the_signals_share_the_level() -> None:
    # 4 errors of 30 are enough at 1%, and not at a third of it.
    errors = reading(Signal.ERROR_RATE, 4, 30)
    alone = RolloutSpec(max_slow_share=None)
    assert decide(alone, in_canary(), facts(errors)).move is Move.ROLL_BACK
    assert decide(SPEC, in_canary(), facts(errors)).move is not Move.ROLL_BACK


@pytest.mark.parametrize(
    "found",
    [Reading(Signal.ERROR_RATE, missing="no endpoint runs"), Reading(Signal.ERROR_RATE)],
    ids=["unreachable", "nothing counted"],
)
def test_what_was_not_evaluated_has_not_passed(found: Reading) -> None:
    step = decide(SPEC, in_canary(), facts(found))
    assert (step.move, step.cause, step.stage) == (Move.HOLD, Cause.NOT_EVALUATED, SMALL)
    assert f"error rate not evaluated: {found.missing or 'no values'}" in step.reason


def test_a_signal_nobody_looked_at_has_not_passed() -> None:
    step = decide(SPEC, in_canary(), facts(readings=()))
    assert "share of slow answers not evaluated: not looked at" in step.reason


def test_a_canary_needs_no_divergence_and_a_shadow_no_errors() -> None:
    assert decide(SPEC, in_canary(), facts(Reading(Signal.DIVERGENCE))).move is Move.ADVANCE
    assert decide(SPEC, standing(), facts(Reading(Signal.ERROR_RATE))).move is Move.ADVANCE


def loss(excess: float, requests: int) -> Reading:
    values = np.full(requests, (1 + excess) / 2)
    return Reading(Signal.LOSS, ValueCounts.of(values), compared=requests)


def test_the_promotion_waits_for_labels_and_the_steps_before_it_do_not() -> None:
    known = facts(Reading(Signal.LOSS, missing="no labels of its requests yet"))
    assert decide(LABELLED, in_canary(), known).move is Move.ADVANCE
    last = decide(LABELLED, in_canary(LARGE), known)
    assert (last.move, last.cause) == (Move.HOLD, Cause.FEW_LABELS)
    assert last.reason == "waits for labels: 0 of 50 compared (no labels of its requests yet)"
    assert decide(LABELLED, in_canary(LARGE), facts(loss(0.0, 50))).move is Move.PROMOTE


def test_a_loss_in_excess_of_the_champions_rolls_back() -> None:
    step = decide(LABELLED, in_canary(), facts(loss(0.3, 200)))
    assert step.move is Move.ROLL_BACK
    assert "loss in excess of the champion's .3 over 200 requests, limit .02" in step.reason
    assert decide(LABELLED, in_canary(), facts(loss(0.019, 5000))).move is not Move.ROLL_BACK


@pytest.mark.parametrize(("champion", "said"), [(3, "version 3"), (None, "nobody")])
def test_a_rollout_whose_champion_is_gone_ends(champion: int | None, said: str) -> None:
    step = decide(SPEC, standing(), facts(champion=champion))
    assert (step.move, step.cause) == (Move.END, Cause.CHAMPION_MOVED)
    assert f"the champion is now {said}" in step.reason


def test_a_rollout_whose_role_somebody_took_ends() -> None:
    step = decide(SPEC, standing(), facts(role_held=False))
    assert (step.move, step.cause) == (Move.END, Cause.ROLE_TAKEN)
    assert step.reason == "version 2 is no longer shadow in the registry"


def test_the_evidence_holds_each_signal_with_its_limit() -> None:
    told = decide(LABELLED, in_canary(LARGE), facts(loss(-0.1, 60))).evidence["signals"]
    assert set(told) == set(LABELLED.signals)
    assert told["max_error_rate"]["limit"] == 0.01
    assert told["max_loss"]["value"] == pytest.approx(-0.1)
    assert told["max_loss"]["limit"] == pytest.approx(0.02)
    assert limit_of(LABELLED, Signal.LOSS) == pytest.approx(0.51)


@given(
    st.integers(0, 400),
    st.integers(0, 400),
    st.booleans(),
    st.sampled_from([1, 2, None]),
    st.integers(0, 20_000),
)
def test_the_facts_in_the_ledger_give_the_same_step_again(
    failed: int, well: int, held: bool, champion: int | None, minutes: int
) -> None:
    known = facts(
        reading(Signal.ERROR_RATE, failed, failed + well),
        role_held=held,
        champion=champion,
        step_requests=well,
        looked_at=after(minutes),
    )
    step = decide(SPEC, in_canary(), known)
    again = decide(SPEC, in_canary(), RolloutFacts.from_json(step.evidence["facts"]))
    assert again == step
    assert RolloutFacts.from_json(known.to_json()) == known


def test_a_declaration_with_fewer_signals_ignores_the_others() -> None:
    spec = SPEC.model_copy(update={"max_error_rate": None})
    step = decide(spec, in_canary(), facts(reading(Signal.ERROR_RATE, 60, 60)))
    assert step.move is Move.ADVANCE
    assert replace(step, evidence={}) == replace(
        decide(spec, in_canary(), facts(reading(Signal.ERROR_RATE, 60, 60))), evidence={}
    )
