import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.decision import Action, Brake, Cause
from ml_platform.core.estimation.report import SURELY_BEYOND
from ml_platform.core.facts import DATA_QUALITY, CheckFact, CheckName, Facts, Request
from ml_platform.core.ledger import LedgerEntry
from ml_platform.core.partition_time import moment_of
from ml_platform.core.retraining import called_for, decide, recorded
from ml_platform.core.retraining_spec import RetrainingSpec, Violations
from ml_platform.core.verdict import Verdict
from ml_platform_tests.core.situations import POLICY, VERDICTS, champion, day, decided, seen

AT = datetime(2026, 1, 1, tzinfo=UTC)
DRIFT, PERFORMANCE, CONTRACT = CheckName.DRIFT, CheckName.PERFORMANCE, CheckName.CONTRACT
ADA = Request("r1", "Ada", "a new route opened")


def test_broken_data_are_paged_even_when_everything_else_calls_for_a_retraining() -> None:
    facts = replace(
        champion(seen(CONTRACT, "f"), seen(PERFORMANCE, "ff"), seen(DRIFT, "ff")), requests=(ADA,)
    )
    assert decide(POLICY, facts, []).verdict is Action.PAGE


def test_a_rule_that_acts_goes_before_one_that_is_held_back() -> None:
    facts = champion(
        seen(PERFORMANCE, "f", first=0), seen(PERFORMANCE, "pf"), seen(DRIFT, "ff"), as_of=2
    )
    decision = decide(POLICY, facts, [])
    assert (decision.verdict, decision.cause) == (Action.RETRAIN, Cause.COVARIATE_DRIFT)


def test_the_first_of_those_held_back_is_what_is_waited_for() -> None:
    decision = decide(POLICY, champion(seen(PERFORMANCE, "pf")), [])
    assert (decision.verdict, decision.held_back_by) == (Action.WAIT, Brake.PATIENCE)


def test_the_ledger_of_another_model_holds_nothing_back() -> None:
    facts = champion(seen(PERFORMANCE, "pff"))
    other = replace(decided(Action.RETRAIN, 4), model="other")
    assert decide(POLICY, facts, [other]).verdict is Action.RETRAIN
    assert decide(POLICY, facts, [decided(Action.RETRAIN, 4)]).held_back_by is Brake.COOLDOWN


def test_a_calm_day_says_what_was_judged_and_what_was_not() -> None:
    decision = decide(POLICY, champion(seen(DRIFT, "p"), seen(PERFORMANCE, "-")), [])
    assert (decision.verdict, decision.cause) == (Action.NOTHING, Cause.NONE)
    assert decision.reason == (
        "within limits: drift; not evaluated: score drift, unseen, performance"
    )


def test_what_no_rule_acts_on_is_told_on_a_calm_day() -> None:
    watched = (DRIFT, CheckName.ESTIMATED_PERFORMANCE)
    [estimate] = seen(CheckName.ESTIMATED_PERFORMANCE, "w")
    facts = champion(seen(DRIFT, "p"), (replace(estimate, evidence={SURELY_BEYOND: 0.0}),))
    decision = decide(POLICY, replace(facts, watched=watched), [])
    assert decision.verdict is Action.NOTHING
    assert decision.reason == "within limits: drift; estimated performance as measured"


def test_a_calm_day_with_nothing_or_everything_judged_has_one_half_of_the_sentence() -> None:
    watched = (DRIFT, CheckName.SCORE_DRIFT, CheckName.UNSEEN, PERFORMANCE)
    everything = champion(*(seen(name, "p") for name in watched))
    assert "not evaluated" not in decide(POLICY, everything, []).reason
    assert "within limits" not in decide(POLICY, champion(), []).reason


def test_a_decision_goes_to_the_ledger_with_the_facts_it_was_made_from() -> None:
    facts = replace(champion(), requests=(ADA,))
    entry = recorded(decide(POLICY, facts, []), facts, entry_id="e1", decided_at=AT)
    assert (entry.verdict, entry.by, entry.refers_to) == ("retrain", "Ada", "r1")
    kept = LedgerEntry.from_row(entry.to_row())
    assert Facts.from_json(kept.evidence["facts"]) == facts


def test_what_held_a_decision_back_is_recorded() -> None:
    facts = replace(champion(), requests=(ADA,), retraining_running=True)
    entry = recorded(decide(POLICY, facts, []), facts, entry_id="e1", decided_at=AT)
    assert (entry.verdict, entry.held_back_by) == ("wait", "single_flight")


# Written down when there were fewer checks than now: facts with the decision made from them.
RECORDED = json.loads(Path(__file__).with_name("recorded_decisions.json").read_text())


@pytest.mark.parametrize("kept", RECORDED, ids=[each["situation"] for each in RECORDED])
def test_facts_recorded_before_a_check_existed_are_decided_as_they_were(kept: dict) -> None:
    decision = decide(POLICY, Facts.from_json(kept["facts"]), [])
    assert {name: getattr(decision, name) for name in kept["decision"]} == kept["decision"]


def test_what_is_called_for_is_the_decision_before_the_brakes() -> None:
    facts = champion(seen(PERFORMANCE, "pf"))
    assert decide(POLICY, facts, []).verdict is Action.WAIT
    assert called_for(POLICY, facts, []).verdict is Action.RETRAIN
    assert called_for(POLICY, champion(), []) == decide(POLICY, champion(), [])


def test_a_changed_relation_explains_a_loss_before_the_loss_itself() -> None:
    concept = CheckName.CONCEPT_DRIFT
    both = champion(seen(PERFORMANCE, "ff"), seen(concept, "ff"), seen(DRIFT, "ff"), as_of=2)
    assert decide(POLICY, both, []).cause is Cause.CONCEPT_DRIFT


def test_a_loss_on_labels_goes_before_an_estimated_one() -> None:
    estimated = CheckName.ESTIMATED_PERFORMANCE
    facts = replace(
        champion(seen(DRIFT, "ff"), seen(estimated, "ff"), seen(PERFORMANCE, "ff"), as_of=2),
        learnable_through=day(2),
    )
    assert decide(POLICY, facts, []).cause is Cause.PERFORMANCE_LOSS
    before_labels = replace(facts, checks=facts.checks[:4])
    assert decide(POLICY, before_labels, []).cause is Cause.COVARIATE_DRIFT


def test_an_expected_shift_of_the_label_rate_alone_never_retrains() -> None:
    expected = CheckName.EXPECTED_LABEL_RATE
    for known, brake in ((), Brake.IMMATURE_LABELS), (seen(PERFORMANCE, "ppppp"), None):
        decision = decide(POLICY, champion(seen(expected, "fffff"), known), [])
        assert (decision.verdict, decision.cause) == (Action.ALERT, Cause.EXPECTED_LABEL_SHIFT)
        assert (decision.held_back_by, decision.severity.value) == (brake, "info")


@pytest.mark.parametrize(
    ("beside", "cause"),
    [
        (CheckName.DRIFT, Cause.EXPECTED_LABEL_SHIFT),
        (CheckName.SCORE_DRIFT, Cause.EXPECTED_LABEL_SHIFT),
        (CheckName.ESTIMATED_PERFORMANCE, Cause.ESTIMATED_LOSS),
        (CheckName.LABEL_DRIFT, Cause.LABEL_DRIFT),
    ],
)
def test_an_expected_shift_says_more_than_inputs_and_less_than_labels(
    beside: CheckName, cause: Cause
) -> None:
    facts = champion(seen(CheckName.EXPECTED_LABEL_RATE, "w"), seen(beside, "w"))
    assert decide(POLICY, facts, []).cause is cause


# --- properties over whole histories ------------------------------------------------------------

policies = st.builds(
    RetrainingSpec,
    on=st.sampled_from([("drift", "degradation"), ("drift",), ("degradation",), ()]),
    violations=st.integers(1, 3).map(lambda count: Violations(count=count, of=count + 1)),
    cooldown=st.integers(1, 10).map(lambda days: timedelta(days=days)),
    max_per_30_days=st.integers(1, 4),
)
days = st.fixed_dictionaries(
    {
        "verdicts": st.dictionaries(st.sampled_from(CheckName), st.sampled_from("pwf-")),
        "running": st.booleans(),
        "request": st.booleans(),
        "champion": st.booleans(),
        "unseen_labelled_rows": st.sampled_from([0, 1000]),
    }
)


def history(drawn: Sequence[dict]) -> list[Facts]:
    """Spell out the facts as of each day, each with the checks of the days before it."""
    checks: list[CheckFact] = []
    told = []
    for number, seen_today in enumerate(drawn, start=1):
        checks += [
            CheckFact(name, day(number), VERDICTS[letter])
            for name, letter in seen_today["verdicts"].items()
        ]
        facts = replace(
            champion(tuple(checks), as_of=number),
            champion_version="2" if seen_today["champion"] else None,
            retraining_running=seen_today["running"],
            unseen_labelled_rows=seen_today["unseen_labelled_rows"],
            requests=(Request(f"r{number}", "Ada", "why"),) if seen_today["request"] else (),
        )
        told.append(facts)
    return told


def ledger_of(policy: RetrainingSpec, told: Sequence[Facts]) -> list[LedgerEntry]:
    """Decide day after day, each decision seeing the ledger of those before."""
    past: list[LedgerEntry] = []
    for number, facts in enumerate(told):
        decision = decide(policy, facts, past)
        past.append(recorded(decision, facts, entry_id=f"e{number}", decided_at=AT))
    return past


def newest_evaluated(facts: Facts, name: CheckName) -> Verdict | None:
    told = [fact.verdict for fact in facts.history(name) if fact.verdict.evaluated]
    return told[-1] if told else None


def most_in_thirty_days(entries: Sequence[LedgerEntry]) -> int:
    at = [moment_of(entry.as_of) for entry in entries if entry.verdict == Action.RETRAIN]
    month = timedelta(days=30)
    return max((sum(first <= each < first + month for each in at) for first in at), default=0)


histories = st.lists(days, max_size=35)


@given(policies, histories)
def test_no_two_retrainings_fall_within_the_cooldown_unless_asked_for(
    policy: RetrainingSpec, drawn: list[dict]
) -> None:
    retrained = [e for e in ledger_of(policy, history(drawn)) if e.verdict == Action.RETRAIN]
    for earlier, later in pairwise(retrained):
        apart = moment_of(later.as_of) - moment_of(earlier.as_of)
        assert later.cause == Cause.REQUESTED or apart >= policy.cooldown


@given(policies, histories)
def test_no_thirty_days_hold_more_retrainings_than_the_budget(
    policy: RetrainingSpec, drawn: list[dict]
) -> None:
    assert most_in_thirty_days(ledger_of(policy, history(drawn))) <= policy.max_per_30_days


@given(policies, histories, st.permutations(range(35)))
def test_days_decided_in_any_order_keep_to_the_budget(
    policy: RetrainingSpec, drawn: list[dict], order: list[int]
) -> None:
    told = history(drawn)
    shuffled = [told[at] for at in order if at < len(told)]
    assert most_in_thirty_days(ledger_of(policy, shuffled)) <= policy.max_per_30_days


@given(policies, histories)
def test_broken_data_never_retrain_and_nothing_retrains_beside_another(
    policy: RetrainingSpec, drawn: list[dict]
) -> None:
    told = history(drawn)
    for facts, entry in zip(told, ledger_of(policy, told), strict=True):
        broken = any(newest_evaluated(facts, name) is Verdict.FAILED for name in DATA_QUALITY)
        if broken or facts.retraining_running:
            assert entry.verdict != Action.RETRAIN
        if broken:
            assert (entry.verdict, entry.cause) == (Action.PAGE, Cause.DATA_QUALITY)


@given(policies, histories)
def test_replaying_recorded_facts_gives_the_same_decisions(
    policy: RetrainingSpec, drawn: list[dict]
) -> None:
    first = ledger_of(policy, history(drawn))
    kept = [LedgerEntry.from_row(entry.to_row()) for entry in first]
    assert ledger_of(policy, [Facts.from_json(e.evidence["facts"]) for e in kept]) == first


@given(policies, histories)
def test_what_was_not_evaluated_might_as_well_not_have_been_looked_at(
    policy: RetrainingSpec, drawn: list[dict]
) -> None:
    for facts in history(drawn):
        left = tuple(fact for fact in facts.checks if fact.verdict.evaluated)
        assert decide(policy, replace(facts, checks=left), []) == decide(policy, facts, [])


@pytest.mark.parametrize("name", [DRIFT, PERFORMANCE, CheckName.UNSEEN, CheckName.SCORE_DRIFT])
def test_a_check_that_was_never_evaluated_neither_acts_nor_passes(name: CheckName) -> None:
    decision = decide(POLICY, champion(seen(name, "-----")), [])
    assert decision.verdict is Action.NOTHING
    assert name.value.replace("_", " ") in decision.reason.split("not evaluated: ")[1]
