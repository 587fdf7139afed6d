"""What the retraining policy decides on, gathered from checks, registry, labels and ledger."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from ml_platform.core import names
from ml_platform.core.decision import Action
from ml_platform.core.facts import CheckFact, CheckName, Facts, Request
from ml_platform.core.ledger import EntryKind, LedgerEntry, champion_moves
from ml_platform.core.rollout.running import running
from ml_platform.lifecycle.check_history import Finding, by_partition
from ml_platform.lifecycle.failing_step import failing_step
from ml_platform.lifecycle.labelled_rows import rows_to_learn_from, unseen_labelled_rows
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.recent_findings import catch_up, recent_findings
from ml_platform.lifecycle.watched_checks import judged_by, tables_of, watched_checks
from ml_platform.stores.lake import Lake
from ml_platform.stores.model_registry import PREVIOUS, ModelRegistry

IN_PROGRESS = [
    DagsterRunStatus.QUEUED,
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
# Of each check, for each partition looked at. Records come newest first, and some are not of a
# further partition: one that was judged again, the sum of a range, what is planned, old days that
# a backfill judged after newer ones. So this many are read, and not exactly those needed: Dagster
# tells which partitions there are, and the records of one of them, in a query each, which takes
# four times as long. A backfill of more days than are read here hides newer ones until the next.
_RECORDS_A_PARTITION = 8


@dataclass(frozen=True)
class RunFindings:
    """What a run knows before it has finished.

    Attributes:
        run_id: its own; what its checks found counts.
        since: the first partition that it judges: checks are read from before it.
        added_to: the facts, with what it has found itself and nobody has recorded yet.
    """

    run_id: str
    since: str
    added_to: Callable[[Sequence[CheckFact]], Sequence[CheckFact]]


def gather_facts(
    model: Model,
    instance: DagsterInstance,
    lake: Lake,
    registry: ModelRegistry,
    past: Sequence[LedgerEntry],
    judging: RunFindings | None = None,
) -> Facts | None:
    """Everything the policy decides on; None before the first check.

    Args:
        model: the model to decide about.
        instance: Dagster's, with the records of the checks.
        lake: for labels and profiles.
        registry: for the champion and its predecessor.
        past: the ledger of the model.
        judging: of the run that asks, where a run does; the sensor waits for runs to finish.
    """
    champion = registry.champion(model.name)
    unfinished = _unfinished_runs(instance)
    if judging is not None:
        unfinished -= {judging.run_id}
    depth = _depth(model, lake, judging)
    catch_up(instance)
    checks = list(_check_facts(model, instance, unfinished, depth))
    if judging is not None:
        checks = list(judging.added_to(checks))
    if not checks:
        return None
    checks += _freshness(model, instance, max(fact.partition for fact in checks))
    previous = registry.by_alias(model.name, PREVIOUS)
    rollout = running(past)
    learnable = rows_to_learn_from(model, lake)
    # A backfill of old days does not turn the clock back.
    decided = [entry.as_of for entry in past if entry.kind is EntryKind.DECISION]
    as_of = max(*decided, *(fact.partition for fact in checks), "")
    return Facts(
        model=model.name,
        as_of=as_of,
        labelled_rows=sum(learnable.values()),
        min_rows=model.spec.training.min_rows,
        champion_version=str(champion.version) if champion else None,
        champion_since=_champion_since(past),
        champion_trained_through=_trained_through(champion) if champion else None,
        previous_champion_version=str(previous.version) if previous else None,
        checks=tuple(sorted(checks, key=lambda fact: (fact.partition, fact.name, fact.subject))),
        retraining_running=_retraining_running(model, instance),
        requests=tuple(_open_requests(past)),
        unseen_labelled_rows=unseen_labelled_rows(model, lake, as_of),
        learnable_through=max(learnable, default=None),
        watched=judged_by(model),
        rollout_running=str(rollout.version) if rollout else None,
        obstacle="" if champion else failing_step(model, instance),
    )


def _depth(model: Model, lake: Lake, judging: RunFindings | None) -> int:
    """How many partitions back the checks are read."""
    own = 2 * model.spec.retraining.violations.of + 4
    if judging is None:
        return own
    features = lake.table(model.table(names.FEATURES))
    return own + sum(partition >= judging.since for partition in features.partitions())


def _check_facts(
    model: Model, instance: DagsterInstance, unfinished: Container[str], depth: int
) -> Iterator[CheckFact]:
    """The findings of finished runs: half of a run's checks would be half of the facts."""
    for asset, check, name, subject in watched_checks(model):
        found = recent_findings(instance, asset, check, limit=_RECORDS_A_PARTITION * depth)
        finished = [finding for finding in found if finding.run_id not in unfinished]
        for finding in by_partition(finished, depth):
            yield _fact(name, subject, finding)


def _freshness(model: Model, instance: DagsterInstance, now: str) -> Iterator[CheckFact]:
    """How late each table is, as of the newest partition: it is about none in particular."""
    for table in tables_of(model):
        for found in recent_findings(instance, names.landing(table), names.FRESHNESS, limit=1):
            told = replace(found, partition=now, sentence=f"{table} {found.sentence}")
            yield _fact(CheckName.FRESHNESS, table, told)


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
        brief=finding.brief,
    )


def _unfinished_runs(instance: DagsterInstance) -> set[str]:
    return {run.run_id for run in instance.get_runs(RunsFilter(statuses=IN_PROGRESS))}


def _retraining_running(model: Model, instance: DagsterInstance) -> bool:
    wanted = RunsFilter(statuses=IN_PROGRESS, tags={names.TAG_RETRAINING_OF: model.name})
    return bool(instance.get_run_records(wanted, limit=1))


def _champion_since(past: Sequence[LedgerEntry]) -> str | None:
    moved = champion_moves(past)
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
