"""The retraining sensor decides once per set of facts, and writes down that it waits."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from ml_platform.core import names
from ml_platform.core.decision import Action
from ml_platform.core.facts import Facts
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.retraining import decide
from ml_platform.core.rollout.plan import Stage
from ml_platform.core.rollout.running import running
from ml_platform.core.rollout.step import Cause as RolloutCause
from ml_platform.core.rollout.step import Move, Step, recorded, rollout_id, started
from ml_platform.lifecycle.retraining import retraining_sensor
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform_tests.end_to_end.loop import MODEL, Loop
from ml_platform_tests.end_to_end.trained import DAY
from ml_platform_tests.lifecycle.ticks import Ticks
from ml_platform_tests.stores.broken_aliases import break_aliases


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


def written(loop: Loop, kind: EntryKind, **said: Any) -> LedgerEntry:
    """A line of the ledger about the last day, decided now unless told."""
    usual = {"entry_id": str(uuid4()), "decided_at": datetime.now(UTC)}
    entry = LedgerEntry(model=MODEL, as_of=DAY, kind=kind, **(usual | said))
    loop.ledger.append(entry)
    return entry


def request(loop: Loop) -> LedgerEntry:
    return written(
        loop,
        EntryKind.REQUEST,
        reason="the airline changed its fleet",
        by="Ada",
        evidence={"params": {"max_depth": 4}},
    )


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


def test_a_wish_waits_for_the_rollout_that_is_under_way(own: Loop, ticks: Ticks) -> None:
    asked = request(own)
    begun = started(
        MODEL,
        2,
        1,
        Stage("shadow"),
        decided_at=datetime.now(UTC),
        as_of=DAY,
        entry_id=rollout_id("of a retraining before"),
    )
    own.ledger.append(begun)
    assert ticks.next()[0] == []
    [held] = decisions(own)
    assert (held.verdict, held.held_back_by) == (Action.WAIT, "single_flight")
    assert held.reason.endswith("waits for the rollout of version 2")

    rollout = running([begun])
    assert rollout is not None
    end = Step(Move.ROLL_BACK, RolloutCause.ALARM, "it fails")
    own.ledger.append(recorded(end, rollout, decided_at=datetime.now(UTC)))
    [run], _ = ticks.next()
    assert decisions(own)[-1].refers_to == asked.entry_id
    assert run.tags[names.TAG_RETRAINING_OF] == MODEL


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
    decided = written(
        own,
        EntryKind.DECISION,
        verdict=str(Action.RETRAIN),
        cause="performance_loss",
        evidence={"params": {"max_depth": 4}},
    )

    [run], _ = ticks.next()

    assert run.run_key == run.tags[names.TAG_DECISION] == decided.entry_id
    assert json.loads(run.tags[names.TAG_PARAMS]) == {"max_depth": 4}


def test_a_wish_that_had_to_wait_is_still_a_wish(own: Loop, ticks: Ticks) -> None:
    asked = request(own)
    written(
        own,
        EntryKind.DECISION,
        verdict=str(Action.WAIT),
        held_back_by="budget",
        refers_to=asked.entry_id,
    )

    [run], _ = ticks.next()

    assert run.tags[names.TAG_CAUSE] == "requested"


def second_champion(loop: Loop) -> None:
    """Another version than the trained one becomes champion, without a line in the ledger."""
    artifact = loop.home / "second"
    artifact.mkdir()
    for name in ("model.ubj", "spec.json", "manifest.json"):
        (artifact / name).write_text('{"threshold": 0.5}')
    with loop.registry.training_run(MODEL) as run:
        loop.registry.register(run, artifact, {"distance": "float64"})
    loop.registry.promote(MODEL, 2)


def champion(loop: Loop) -> int:
    version = loop.registry.champion(MODEL)
    assert version is not None
    return version.version


def decided_to_roll_back(loop: Loop) -> LedgerEntry:
    """A decision whose tick died before it acted."""
    return written(
        loop,
        EntryKind.DECISION,
        verdict=str(Action.ROLL_BACK),
        cause="performance_loss_after_promotion",
        reason="it began with version 2",
    )


def test_a_roll_back_whose_tick_died_is_carried_out_once(own: Loop, ticks: Ticks) -> None:
    second_champion(own)
    decision = decided_to_roll_back(own)
    ticks.next()
    assert champion(own) == 1
    ticks.next()
    assert champion(own) == 1
    [line] = [e for e in own.ledger.entries(model=MODEL) if e.kind is EntryKind.ROLLBACK]
    assert (line.refers_to, line.model_version) == (decision.entry_id, "1")
    assert line.evidence == {"former": 2}


def test_a_roll_back_is_on_record_before_the_champion_moves(own: Loop, ticks: Ticks) -> None:
    second_champion(own)
    decision = decided_to_roll_back(own)
    break_aliases(own.home)
    with pytest.raises(Exception, match="the disk is full"):
        ticks.next()
    assert champion(own) == 2
    line = own.ledger.entries(model=MODEL)[-1]
    assert (line.kind, line.refers_to) == (EntryKind.ROLLBACK, decision.entry_id)


def test_a_person_who_moved_the_champion_meanwhile_is_not_overruled(
    own: Loop, ticks: Ticks
) -> None:
    second_champion(own)
    decided = decided_to_roll_back(own)
    later = decided.decided_at + timedelta(seconds=1)
    written(own, EntryKind.PROMOTION, decided_at=later, model_version="2", by="Ada")
    ticks.next()
    assert champion(own) == 2


def test_a_move_of_the_champion_that_was_cut_short_is_finished(own: Loop, ticks: Ticks) -> None:
    second_champion(own)
    # The training's own line may be younger than this one.
    shutil.rmtree(own.home / "lake" / names.LEDGER)
    announced = datetime.now(UTC) - timedelta(minutes=2)
    written(
        own,
        EntryKind.ROLLBACK,
        decided_at=announced,
        model_version="1",
        evidence={"former": 2},
    )
    runs, reason = ticks.next()
    assert (runs, reason) == (
        [],
        "the champion was moved as the ledger says: that had been cut short",
    )
    assert champion(own) == 1
