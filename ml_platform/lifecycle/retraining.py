"""Retraining: a sensor that reads the checks, asks the policy, and acts on its verdict."""

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID, uuid4

from dagster import (
    AssetSelection,
    DagsterInstance,
    DagsterRunStatus,
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
from ml_platform.core.facts import CheckFact, CheckName, Facts, Request
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.profile import merge_all
from ml_platform.core.retraining import decide, recorded
from ml_platform.lifecycle.check_history import Finding, by_partition, findings
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partitioning import window_of
from ml_platform.lifecycle.profile_table import read_profiles
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.model_registry import PREVIOUS, ModelRegistry

IN_PROGRESS = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]


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
        past = ledger.entries(model=model.name)
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
        return _act(model, ledger, versions, entry, seen)

    return retraining


def _why_not_now(facts: Facts | None) -> str:
    if facts is None:
        return "no check has been evaluated yet"
    return "a retraining is under way: the next decision comes after it"


def _act(
    model: Model, ledger: Ledger, registry: ModelRegistry, entry: LedgerEntry, seen: str
) -> SensorResult | SkipReason:
    """Do what was decided: request the run, move the champion back, or only say it."""
    if entry.verdict == Action.RETRAIN:
        return SensorResult(run_requests=[_request(model, entry)], cursor=seen)
    if entry.verdict == Action.ROLL_BACK:
        ledger.append(roll_back(model, registry, entry))
    return SkipReason(f"{entry.verdict}: {entry.reason}")


def gather_facts(
    model: Model,
    instance: DagsterInstance,
    lake: Lake,
    registry: ModelRegistry,
    past: Sequence[LedgerEntry],
) -> Facts | None:
    """Everything the policy decides on; None before the first check."""
    champion = registry.champion(model.name)
    checks = list(_check_facts(model, instance, _unfinished_runs(instance)))
    if not checks:
        return None
    previous = registry.by_alias(model.name, PREVIOUS)
    # A backfill of old days does not turn the clock back.
    decided = [entry.as_of for entry in past if entry.kind is EntryKind.DECISION]
    as_of = max(*decided, *(fact.partition for fact in checks), "")
    return Facts(
        model=model.name,
        as_of=as_of,
        labelled_rows=_rows_to_learn_from(model, lake),
        min_rows=model.spec.training.min_rows,
        champion_version=str(champion.version) if champion else None,
        champion_since=_champion_since(past),
        champion_trained_through=_trained_through(champion) if champion else None,
        previous_champion_version=str(previous.version) if previous else None,
        checks=tuple(sorted(checks, key=lambda fact: (fact.partition, fact.name, fact.subject))),
        retraining_running=_retraining_running(model, instance),
        requests=tuple(_open_requests(past)),
        unseen_labelled_rows=_unseen_labelled_rows(model, lake, as_of),
    )


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
    if not _answers(last, past):
        ledger.append(roll_back(model, registry, last))
    return []


def _answers(decision: LedgerEntry, past: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    return [entry for entry in past if entry.refers_to == decision.entry_id]


def roll_back(model: Model, registry: ModelRegistry, decision: LedgerEntry) -> LedgerEntry:
    """Move the champion back one version, and say so."""
    back = registry.rollback(model.name)
    return LedgerEntry(
        entry_id=str(uuid4()),
        model=model.name,
        decided_at=datetime.now(UTC),
        as_of=decision.as_of,
        kind=EntryKind.ROLLBACK,
        verdict="rolled_back",
        cause=decision.cause,
        reason=f"version {back.version} is champion again: {decision.reason}",
        model_version=str(back.version),
        refers_to=decision.entry_id,
    )


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


def _check_facts(
    model: Model, instance: DagsterInstance, unfinished: Container[str]
) -> Iterator[CheckFact]:
    """The findings of finished runs: half of a run's checks would be half of the facts."""
    depth = 2 * model.spec.retraining.violations.of + 4
    for asset, check, name, subject in _watched(model):
        found = findings(instance, asset, check, limit=8 * depth)
        finished = [finding for finding in found if finding.run_id not in unfinished]
        for finding in by_partition(finished, depth):
            yield _fact(name, subject, finding)


def _watched(model: Model) -> Iterator[tuple[tuple[str, ...], str, CheckName, str]]:
    sources = model.spec.sources
    for table in (sources.primary, *sources.lookups, sources.labels):
        yield names.raw(table), names.READABLE, CheckName.CONTRACT, f"{table} file"
        yield names.validated(table), names.CONTRACT, CheckName.CONTRACT, table
        yield names.validated(table), names.VOLUME, CheckName.VOLUME, table
    drift = model.path(names.DRIFT)
    yield drift, names.COLUMN_DRIFT, CheckName.DRIFT, ""
    yield drift, names.UNSEEN_VALUES, CheckName.UNSEEN, ""
    yield drift, names.SCORE_DRIFT, CheckName.SCORE_DRIFT, ""
    yield model.path(names.PERFORMANCE), names.PERFORMANCE_LEVEL, CheckName.PERFORMANCE, ""


def _fact(name: CheckName, subject: str, finding: Finding) -> CheckFact:
    version = finding.numbers.get("model_version")
    return CheckFact(
        name=name,
        partition=str(finding.partition),
        verdict=finding.verdict,
        evidence=dict(finding.numbers),
        summary=finding.sentence,
        subject=subject,
        model_version=None if version is None else str(int(version)),
    )


def _unfinished_runs(instance: DagsterInstance) -> set[str]:
    return {run.run_id for run in instance.get_runs(RunsFilter(statuses=IN_PROGRESS))}


def _retraining_running(model: Model, instance: DagsterInstance) -> bool:
    wanted = RunsFilter(statuses=IN_PROGRESS, tags={names.TAG_RETRAINING_OF: model.name})
    return bool(instance.get_run_records(wanted, limit=1))


def _rows_to_learn_from(model: Model, lake: Lake) -> int:
    """Labelled rows before the hold-out, which a training would keep apart."""
    table = lake.table(model.table(names.LABELS))
    counts = table.row_counts() if table.exists() else {}
    if not counts:
        return 0
    held_out = set(window_of(model.partitions, max(counts), model.spec.training.holdout))
    return sum(rows for partition, rows in counts.items() if partition not in held_out)


def _unseen_labelled_rows(model: Model, lake: Lake, as_of: str) -> int:
    """Rows of the drift window that have labels and hold a value the reference never had.

    Counted from profiles, in the column that has most of them.
    """
    labels = lake.table(model.table(names.LABELS))
    labelled = set(labels.partitions()) if labels.exists() else set()
    window = window_of(model.partitions, as_of, model.spec.monitoring.drift.window)
    profiles = merge_all(read_profiles(lake, model, [p for p in window if p in labelled], ""))
    return max((profile.outside for profile in profiles), default=0)


def _champion_since(past: Sequence[LedgerEntry]) -> str | None:
    kinds = (EntryKind.PROMOTION, EntryKind.ROLLBACK)
    moved = [entry for entry in past if entry.kind in kinds]
    return max(moved, key=lambda entry: entry.decided_at).as_of if moved else None


def _trained_through(champion: object) -> str | None:
    tags: Mapping[str, str] = getattr(champion, "tags", {})
    return tags.get("trained_through")


def _open_requests(past: Sequence[LedgerEntry]) -> Iterator[Request]:
    # A request that had to wait is still open.
    answered = {entry.refers_to for entry in past if entry.verdict == Action.RETRAIN}
    for entry in past:
        if entry.kind is EntryKind.REQUEST and entry.entry_id not in answered:
            yield Request(
                entry_id=entry.entry_id,
                by=entry.by or "",
                why=entry.reason,
                params=dict(entry.evidence.get("params", {})),
            )
