"""The retraining sensor decides once per set of facts, and writes down that it waits."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime

import pytest

from ml_platform.core import names
from ml_platform.core.decision import Action
from ml_platform.core.facts import Facts
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.retraining import decide
from ml_platform.lifecycle.retraining import retraining_sensor
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform_tests.end_to_end.loop import MODEL, Loop
from ml_platform_tests.end_to_end.trained import DAY
from ml_platform_tests.lifecycle.ticks import Ticks


@pytest.fixture
def ticks(own: Loop, trained: Loop) -> Ticks:
    """Over the checks of the trained loop; the ledger is a copy."""
    resources = {
        "lake": LakeResource(root=str(own.home / "lake")),
        "registry": RegistryResource(
            tracking_uri=f"sqlite:///{own.home / 'mlflow.db'}", artifact_root=str(own.home)
        ),
    }
    return Ticks(retraining_sensor(own.model, 30), trained.instance, resources)


def request(loop: Loop) -> LedgerEntry:
    entry = LedgerEntry(
        entry_id="asked",
        model=MODEL,
        decided_at=datetime.now(UTC),
        as_of=DAY,
        kind=EntryKind.REQUEST,
        reason="the airline changed its fleet",
        by="Ada",
        evidence={"params": {"max_depth": 4}},
    )
    loop.ledger.append(entry)
    return entry


def decisions(loop: Loop) -> list[LedgerEntry]:
    return [e for e in loop.ledger.entries(model=MODEL) if e.kind is EntryKind.DECISION]


def test_one_decision_per_set_of_facts_and_the_reason_why_it_waits(own: Loop, ticks: Ticks) -> None:
    runs, reason = ticks.next()
    [decision] = decisions(own)
    assert runs == []
    assert decision.as_of == DAY
    assert reason == f"{decision.verdict}: {decision.reason}"
    runs, reason = ticks.next()
    assert runs == []
    assert reason == f"nothing new since {DAY}: {decision.verdict}, {decision.reason}"
    assert len(decisions(own)) == 1


def test_a_wish_becomes_one_run_that_says_what_it_is_for(own: Loop, ticks: Ticks) -> None:
    asked = request(own)
    [run], _ = ticks.next()
    [decision] = decisions(own)
    assert (decision.verdict, decision.cause) == (Action.RETRAIN, "requested")
    assert decision.refers_to == asked.entry_id
    assert run.run_key == run.tags[names.TAG_DECISION] == decision.entry_id
    assert run.tags[names.TAG_TRIGGER] == "retraining"
    assert run.tags[names.TAG_RETRAINING_OF] == MODEL
    assert json.loads(run.tags[names.TAG_PARAMS]) == {"max_depth": 4}
    assert {key.path[-1] for key in run.asset_selection or ()} == set(names.RETRAINING)
    # Until the run exists it is asked for under the same key, which Dagster launches once.
    for _ in range(3):
        [again], _ = ticks.next()
        assert again.run_key == run.run_key
    assert Counter(e.verdict for e in decisions(own))[Action.RETRAIN] == 1


def test_the_recorded_facts_give_the_recorded_decision_again(own: Loop, ticks: Ticks) -> None:
    request(own)
    past = own.ledger.entries(model=MODEL)
    ticks.next()
    [recorded] = decisions(own)
    facts = Facts.from_json(recorded.evidence["facts"])
    again = decide(own.model.spec.retraining, facts, past)
    assert (again.verdict, again.cause, again.reason) == (
        recorded.verdict,
        recorded.cause,
        recorded.reason,
    )


def test_a_retraining_whose_tick_died_before_the_request_is_requested_after_all(
    own: Loop, ticks: Ticks
) -> None:
    decided = LedgerEntry(
        entry_id="0b0b0b0b-0000-4000-8000-000000000000",
        model=MODEL,
        decided_at=datetime.now(UTC),
        as_of=DAY,
        kind=EntryKind.DECISION,
        verdict=str(Action.RETRAIN),
        cause="performance_loss",
        evidence={"params": {"max_depth": 4}},
    )
    own.ledger.append(decided)

    [run], _ = ticks.next()

    assert run.run_key == run.tags[names.TAG_DECISION] == decided.entry_id
    assert json.loads(run.tags[names.TAG_PARAMS]) == {"max_depth": 4}


def test_a_wish_that_had_to_wait_is_still_a_wish(own: Loop, ticks: Ticks) -> None:
    asked = request(own)
    waited = LedgerEntry(
        entry_id="waited",
        model=MODEL,
        decided_at=datetime.now(UTC),
        as_of=DAY,
        kind=EntryKind.DECISION,
        verdict=str(Action.WAIT),
        held_back_by="budget",
        refers_to=asked.entry_id,
    )
    own.ledger.append(waited)

    [run], _ = ticks.next()

    assert run.tags[names.TAG_CAUSE] == "requested"
