"""Retraining: a sensor that reads the checks, asks the policy, and acts on its verdict."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID, uuid4

from dagster import (
    AssetSelection,
    DagsterInstance,
    DefaultSensorStatus,
    RunRequest,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    sensor,
)

from ml_platform.core import names
from ml_platform.core.decision import Action
from ml_platform.core.facts import Facts
from ml_platform.core.ledger import EntryKind, LedgerEntry, champion_moves
from ml_platform.core.retraining import decide, recorded
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.policy_facts import gather_facts
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.champion_moves import carry_out, finish
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.model_registry import ModelRegistry


def retraining_sensor(model: Model, tick_seconds: int) -> SensorDefinition:
    """The sensor ``<model>_retraining``: at most one decision per set of facts."""

    @sensor(
        name=f"{model.name}_retraining",
        asset_selection=AssetSelection.assets(*(model.key(stage) for stage in names.RETRAINING)),
        minimum_interval_seconds=tick_seconds,
        default_status=DefaultSensorStatus.RUNNING,
        description=(
            "Reads the checks of the last partitions, asks the retraining policy what to do about "
            "them, writes the verdict to the ledger, waits included, and requests at most one "
            "retraining per cause."
        ),
    )
    def retraining(
        context: SensorEvaluationContext, lake: LakeResource, registry: RegistryResource
    ) -> SensorResult | SkipReason:
        opened = lake.open()
        ledger, versions = Ledger(opened), registry.open()
        past = ledger.lines(model.name)
        if finish(versions, past, datetime.now(UTC)):
            return SkipReason("the champion was moved as the ledger says: that had been cut short")
        unfinished = redo(model, context.instance, ledger, versions, past)
        if unfinished:
            return SensorResult(run_requests=unfinished)
        facts = gather_facts(model, context.instance, opened, versions, past)
        if facts is None or facts.retraining_running:
            return SkipReason(_why_not_now(facts))
        seen = _digest(facts)
        entry = None if context.cursor == seen else _decide(model, facts, past)
        context.update_cursor(seen)
        if entry is None or _says_the_same(entry, past):
            return SkipReason(_last_reason(past))
        ledger.append(entry)
        return _act(model, ledger, versions, entry)

    return retraining


def _why_not_now(facts: Facts | None) -> str:
    if facts is None:
        return "no check has been evaluated yet"
    return "a retraining is under way: the next decision comes after it"


def _act(
    model: Model, ledger: Ledger, registry: ModelRegistry, entry: LedgerEntry
) -> SensorResult | SkipReason:
    """Do what was decided: request the run, move the champion back, or only say it."""
    if entry.verdict == Action.RETRAIN:
        return SensorResult(run_requests=[_request(model, entry)])
    if entry.verdict == Action.ROLL_BACK:
        roll_back(ledger, registry, entry)
    return SkipReason(f"{entry.verdict}: {entry.reason}")


def redo(
    model: Model,
    instance: DagsterInstance,
    ledger: Ledger,
    registry: ModelRegistry,
    past: Sequence[LedgerEntry],
) -> list[RunRequest]:
    """Carry out the last decision where a tick died between writing it and acting on it.

    Returns:
        the run to request again; Dagster launches a run key once, however often it is asked for.
    """
    decisions = [entry for entry in past if entry.kind is EntryKind.DECISION]
    acted = [e for e in decisions if e.verdict in (Action.RETRAIN, Action.ROLL_BACK)]
    if not acted:
        return []
    last = max(acted, key=lambda entry: entry.decided_at)
    if last.verdict == Action.RETRAIN:
        launched = instance.get_runs(RunsFilter(tags={names.TAG_DECISION: last.entry_id}), limit=1)
        return [] if launched or _answers(last, past) else [_request(model, last)]
    # A champion that was moved since is not the one that the decision was about.
    if not any(move.decided_at >= last.decided_at for move in champion_moves(past)):
        roll_back(ledger, registry, last)
    return []


def _answers(decision: LedgerEntry, past: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    return [entry for entry in past if entry.refers_to == decision.entry_id]


def roll_back(ledger: Ledger, registry: ModelRegistry, decision: LedgerEntry) -> None:
    """Move the champion back one version: on record first, then in the registry.

    A tick that dies before the line leaves a decision without an answer, which `redo` carries out;
    one that dies after it leaves a move that is not made yet, which `finish` makes.

    Raises:
        UserError: there is no previous champion.
    """
    back, former = registry.previous(decision.model), registry.champion(decision.model)
    line = LedgerEntry(
        entry_id=str(uuid4()),
        model=decision.model,
        decided_at=datetime.now(UTC),
        as_of=decision.as_of,
        kind=EntryKind.ROLLBACK,
        verdict="rolled_back",
        cause=decision.cause,
        reason=f"version {back.version} is champion again: {decision.reason}",
        evidence={"former": former.version if former else None},
        model_version=str(back.version),
        refers_to=decision.entry_id,
    )
    ledger.append(line)
    carry_out(registry, line)


def _decide(model: Model, facts: Facts, past: Sequence[LedgerEntry]) -> LedgerEntry:
    decision = decide(model.spec.retraining, facts, past)
    entry_id = str(_entry_id(facts, past))
    return recorded(decision, facts, entry_id=entry_id, decided_at=datetime.now(UTC))


def _says_the_same(entry: LedgerEntry, past: Sequence[LedgerEntry]) -> bool:
    """Whether more facts about the same partition changed nothing of the last decision."""
    decisions = [each for each in past if each.kind is EntryKind.DECISION]
    if not decisions:
        return False
    last = max(decisions, key=lambda each: each.decided_at)
    told = ("as_of", "verdict", "cause", "reason", "held_back_by", "refers_to")
    return all(getattr(entry, name) == getattr(last, name) for name in told)


def _entry_id(facts: Facts, past: Sequence[LedgerEntry]) -> UUID:
    """The same facts on the same ledger give the same entry: a repeated tick writes nothing."""
    known = _digest(facts) + "".join(sorted(entry.entry_id for entry in past))
    return UUID(hex=sha256(known.encode()).hexdigest()[:32])


def _digest(facts: Facts) -> str:
    return sha256(json.dumps(facts.to_json(), sort_keys=True).encode()).hexdigest()


def _request(model: Model, entry: LedgerEntry) -> RunRequest:
    return RunRequest(
        run_key=entry.entry_id,
        asset_selection=[model.key(stage) for stage in names.RETRAINING],
        tags={
            names.TAG_TRIGGER: "retraining",
            names.TAG_RETRAINING_OF: model.name,
            names.TAG_CAUSE: entry.cause,
            names.TAG_DECISION: entry.entry_id,
            names.TAG_AS_OF: entry.as_of,
            names.TAG_PARAMS: json.dumps(entry.evidence.get("params", {})),
        },
    )


def _last_reason(past: Sequence[LedgerEntry]) -> str:
    decisions = [entry for entry in past if entry.kind is EntryKind.DECISION]
    if not decisions:
        return "nothing new"
    last = max(decisions, key=lambda entry: entry.decided_at)
    return f"nothing new since {last.as_of}: {last.verdict}, {last.reason}"
