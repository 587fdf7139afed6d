"""What alerts are made of: verdicts, ends of runs and lines of the ledger, as sightings."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b

from dagster import (
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    RunsFilter,
)

from ml_platform.core import names
from ml_platform.core.alerts import (
    Incident,
)
from ml_platform.core.incidents import (
    CheckSeen,
    RunEnd,
    incident_of_check,
    incident_of_run,
    incidents_of_entry,
)
from ml_platform.lifecycle.check_history import EVENTS_AGAIN, Finding, findings_after
from ml_platform.lifecycle.landing_runs import PARTITION, RANGE_END
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.source import Source
from ml_platform.stores.ledger import Ledger

_CHECKS_READ = 5_000  # of all checks on one tick: what is more is told on the next
_RUNS_READ = 1_000  # a run for each of 120 days and each of several tables
_ENDS = {
    DagsterRunStatus.SUCCESS: RunEnd.SUCCEEDED,
    DagsterRunStatus.FAILURE: RunEnd.FAILED,
    DagsterRunStatus.CANCELED: RunEnd.CANCELED,
}
_SOURCE_CHECKS = (
    names.CONTRACT,
    names.CONSERVATION,
    names.VOLUME,
    names.NULL_SPIKE,
    names.DUPLICATES,
    names.CATEGORY_EXPLOSION,
    names.SCHEMA,
)
_MODEL_CHECKS = {
    names.FEATURES: (names.JOINED,),
    names.PREDICTIONS: (names.EVERY_EVENT_SCORED,),
    names.INFERENCE_LOG: (names.LOGGED_ONCE,),
    names.REQUEST_LOG: (names.MOVED_ONCE, names.LOG_LAG, names.LIVE_PARITY),
    names.LABELS: (names.LABEL_JOIN,),
    names.DRIFT: (names.COLUMN_DRIFT, names.UNSEEN_VALUES, names.SCORE_DRIFT),
    names.ESTIMATED_PERFORMANCE: (names.ESTIMATED_LEVEL, names.EXPECTED_LABEL_RATE),
    names.PERFORMANCE: (names.PERFORMANCE_LEVEL, names.CONCEPT_DRIFT, names.LABEL_DRIFT),
    # The verdict itself sums up what the others have told.
    names.VERDICT: (names.MULTIVARIATE_DRIFT,),
    names.TRAINING_SET: (names.ENOUGH_ROWS,),
    names.SERVICE_REPORT: (
        names.LATENCY_OBJECTIVE,
        names.AVAILABILITY_OBJECTIVE,
        names.ERROR_BUDGET,
    ),
}


@dataclass(frozen=True)
class Sighting:
    """Something that was written; its incidents are worked out only where it is new.

    Attributes:
        identity: tells it from others, on each tick the same.
        at: when it was written.
        incidents: works them out.
        event: its number in the event log; None where it is not read by it.
    """

    identity: str
    at: datetime
    incidents: Callable[[], Iterable[Incident]]
    event: int | None = None


@dataclass(frozen=True)
class Place:
    """How far was read: the newest moment, and the number of the newest event of a check.

    Attributes:
        after: runs and lines of the ledger are read from this moment on.
        event: events of checks are read from a little before this one on; 0 at the beginning,
            where `after` counts for them too.
    """

    after: datetime
    event: int = 0

    def is_read_again(self, seen: Sighting) -> bool:
        """Whether the next tick will come across what was seen, from this place."""
        if seen.event is None:
            return seen.at > self.after
        return seen.event > self.event - EVENTS_AGAIN


def sightings(
    instance: DagsterInstance,
    ledger: Ledger,
    sources: Sequence[Source],
    models: Sequence[Model],
    place: Place,
) -> Iterator[Sighting]:
    """Everything that was seen after a place, in no order."""
    yield from _of_checks(instance, sources, models, place)
    yield from _of_runs(instance, place.after)
    yield from _of_ledger(ledger, place.after)


def _identity(*parts: object) -> str:
    """A short name for what was written: thousands of them fit into the cursor."""
    return blake2b("|".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def _of_checks(
    instance: DagsterInstance,
    sources: Sequence[Source],
    models: Sequence[Model],
    place: Place,
) -> Iterator[Sighting]:
    told = {
        (asset, check): (model, days) for asset, check, model, days in told_checks(sources, models)
    }
    since = 0.0 if place.event else max(0.0, place.after.timestamp())
    begin = max(0, place.event - EVENTS_AGAIN)
    for event, found in findings_after(instance, begin, _CHECKS_READ, since):
        model, partitioned = told.get((found.asset, found.check), (None, None))
        # Without its partition it is the sum of a range, whose days speak for themselves.
        counts = partitioned is (found.partition is not None)
        at = datetime.fromtimestamp(found.at, UTC)
        identity = _identity(*found.asset, found.check, found.partition, found.run_id, found.at)
        yield Sighting(identity, at, partial(_of_finding, found, at, model, counts), event)


def _of_finding(
    found: Finding, at: datetime, model: str | None, counts: bool
) -> Iterable[Incident]:
    if not counts:
        return ()
    seen = CheckSeen(found.asset, found.check, found.partition, found.verdict, found.sentence, at)
    incident = incident_of_check(seen, model)
    return () if incident is None else (incident,)


def told_checks(
    sources: Sequence[Source], models: Sequence[Model]
) -> Iterator[tuple[tuple[str, ...], str, str | None, bool]]:
    """Asset, check, model and whether it is partitioned, of each check that people hear of."""
    for source in sources:
        yield names.raw(source.spec.name), names.READABLE, None, True
        yield names.landing(source.spec.name), names.FRESHNESS, None, False
        for check in _SOURCE_CHECKS:
            yield names.validated(source.spec.name), check, None, True
    for model in models:
        for stage, checks in _MODEL_CHECKS.items():
            for check in checks:
                yield model.path(stage), check, model.name, stage not in names.UNPARTITIONED


def _of_runs(instance: DagsterInstance, after: datetime) -> Iterator[Sighting]:
    ended = RunsFilter(statuses=list(_ENDS), updated_after=after)
    for record in instance.get_run_records(ended, limit=_RUNS_READ):
        at = datetime.fromtimestamp(record.end_time or record.update_timestamp.timestamp(), UTC)
        run = record.dagster_run
        if at > after:
            yield Sighting(_identity(run.run_id), at, partial(_of_run, instance, run, at))


def _of_run(instance: DagsterInstance, run: DagsterRun, at: datetime) -> Iterable[Incident]:
    if run.tags.get(names.TAG_ENDED_BY_SHUTDOWN) == run.run_id:
        return ()  # somebody stopped the platform; the run is repeated after the next start
    error = _error(instance, run)
    # What a check refused is told by the check: the run is only its messenger.
    if "DagsterAssetCheckFailedError" in error:
        return ()
    return (incident_of_run(run.run_id, _purpose(run), error, at, _ENDS[run.status]),)


def _purpose(run: DagsterRun) -> str:
    """What a run was for, in words: only another run for the same tells that it is well again.

    A range goes by its last partition: where it failed it is taken in day by day, that one last.
    """
    model = run.tags.get(names.TAG_RETRAINING_OF)
    if model:
        return f"retraining of {model}"
    partition = run.tags.get(PARTITION) or run.tags.get(RANGE_END)
    on = f" on {partition}" if partition else ""
    tables = run.tags.get(names.TAG_TABLES)
    return f"landing of {tables}{on}" if tables else f"materialisation of {_assets(run)}{on}"


def _assets(run: DagsterRun) -> str:
    keys = sorted("/".join(key.path) for key in run.asset_selection or ())
    return ", ".join(keys) or run.job_name


def _error(instance: DagsterInstance, run: DagsterRun) -> str:
    if run.status is not DagsterRunStatus.FAILURE:
        return ""
    records = instance.get_records_for_run(
        run.run_id, of_type=DagsterEventType.STEP_FAILURE, limit=1
    ).records
    event = records[0].event_log_entry.dagster_event if records else None
    if event is None or event.step_failure_data.error is None:
        return "the run's process ended without a word; see its log"
    error = event.step_failure_data.error
    cause = error.cause or error
    return f"{event.step_key}: {cause.message.strip()}"


def _of_ledger(ledger: Ledger, after: datetime) -> Iterator[Sighting]:
    for entry in ledger.entries(since=after):
        if entry.decided_at > after:
            told = partial(incidents_of_entry, entry)
            yield Sighting(_identity(entry.entry_id), entry.decided_at, told)
