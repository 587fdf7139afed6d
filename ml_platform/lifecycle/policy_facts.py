"""What the retraining policy decides on, gathered from checks, registry, labels and ledger."""

from collections.abc import Container, Iterator, Mapping, Sequence

from dagster import (
    DagsterInstance,
    DagsterRunStatus,
    RunsFilter,
)

from ml_platform.core import names
from ml_platform.core.decision import Action
from ml_platform.core.facts import CheckFact, CheckName, Facts, Request
from ml_platform.core.ledger import EntryKind, LedgerEntry, champion_moves
from ml_platform.core.profile import merge_all
from ml_platform.lifecycle.check_history import Finding, by_partition, findings
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.partitioning import window_of
from ml_platform.lifecycle.profile_table import read_profiles
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


def _check_facts(
    model: Model, instance: DagsterInstance, unfinished: Container[str]
) -> Iterator[CheckFact]:
    """The findings of finished runs: half of a run's checks would be half of the facts."""
    depth = 2 * model.spec.retraining.violations.of + 4
    for asset, check, name, subject in _watched(model):
        found = findings(instance, asset, check, limit=_RECORDS_A_PARTITION * depth)
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
