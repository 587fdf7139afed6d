"""Alerts: a sensor that tells people about failed checks, broken runs and what was decided."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b

from dagster import (
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    DefaultSensorStatus,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SkipReason,
    sensor,
)
from pydantic import TypeAdapter, ValidationError

from ml_platform.core import names
from ml_platform.core.alerts import (
    Incident,
    Message,
    OpenIncident,
    Outgoing,
    plan_messages,
    send_waiting,
)
from ml_platform.core.incidents import (
    CheckSeen,
    RunEnd,
    incident_of_check,
    incident_of_run,
    incidents_of_entry,
)
from ml_platform.lifecycle.check_history import Finding, findings
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.source import Source
from ml_platform.resources.alerts_resource import AlertsResource
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.alert_channels import CONSOLE, FILE, AlertChannels
from ml_platform.stores.apprise_delivery import LONGEST_SECONDS
from ml_platform.stores.ledger import Ledger

# Runs write at once, and what one wrote earlier can become visible later: this stretch before the
# newest event read is looked at again on every tick, and what was seen in it is remembered.
_LOOK_BACK = timedelta(minutes=10)
_BEGINNING = datetime.fromtimestamp(0, UTC)
_CHECKS_READ = 250  # of each check: twice a range of 120 days, whose evaluations come at once
_RUNS_READ = 1_000  # a run for each of 120 days and each of several tables
# Dagster ends a tick after 60 s, and what it had read and sent would be forgotten.
_SENDING_SECONDS = 25.0
_ENDS = {
    DagsterRunStatus.SUCCESS: RunEnd.SUCCEEDED,
    DagsterRunStatus.FAILURE: RunEnd.FAILED,
    DagsterRunStatus.CANCELED: RunEnd.CANCELED,
}
_SOURCE_CHECKS = (names.CONTRACT, names.CONSERVATION, names.VOLUME)
_MODEL_CHECKS = {
    names.FEATURES: (names.JOINED,),
    names.PREDICTIONS: (names.EVERY_EVENT_SCORED,),
    names.INFERENCE_LOG: (names.LOGGED_ONCE,),
    names.LABELS: (names.LABEL_JOIN,),
    names.PERFORMANCE: (names.PERFORMANCE_LEVEL,),
    names.DRIFT: (names.COLUMN_DRIFT, names.UNSEEN_VALUES, names.SCORE_DRIFT),
    names.TRAINING_SET: (names.ENOUGH_ROWS,),
}


@dataclass(frozen=True)
class _Memory:
    """What the sensor remembers between two ticks.

    Attributes:
        since: the time of the newest event read.
        seen: what was read of the stretch before it.
        still_open: the troubles that were told and are not over.
        waiting: messages that a channel has not taken yet.
    """

    since: datetime = _BEGINNING
    seen: frozenset[str] = frozenset()
    still_open: dict[str, OpenIncident] = field(default_factory=dict)
    waiting: tuple[Outgoing, ...] = ()

    @property
    def looks_from(self) -> datetime:
        return self.since - _LOOK_BACK


_CURSOR = TypeAdapter(_Memory)


@dataclass(frozen=True)
class _Sighting:
    """Something that was written; its incidents are worked out only where it is new."""

    identity: str
    at: datetime
    incidents: Callable[[], Iterable[Incident]]


def alerts_sensor(
    sources: Sequence[Source],
    models: Sequence[Model],
    repeat_after: timedelta,
    tick_seconds: int,
) -> SensorDefinition:
    """The sensor ``alerts``."""
    channels = {model.name: model.spec.alerts for model in models}

    @sensor(
        name="alerts",
        minimum_interval_seconds=tick_seconds,
        default_status=DefaultSensorStatus.RUNNING,
        description=(
            "Tells the declared channels about failed checks, broken runs, refusals, promotions "
            "and decisions: once each, again when they last, and when they are over."
        ),
    )
    def alerts(
        context: SensorEvaluationContext, lake: LakeResource, alert_channels: AlertsResource
    ) -> SkipReason:
        now = datetime.now(UTC)
        memory = _remembered(context, now)
        seen = [
            *_of_checks(context.instance, sources, models, memory.looks_from),
            *_of_runs(context.instance, memory.looks_from),
            *_of_ledger(Ledger(lake.open()), memory.looks_from),
        ]
        news = [i for each in seen if each.identity not in memory.seen for i in each.incidents()]
        messages, still_open = plan_messages(news, memory.still_open, repeat_after, now)
        waiting = [*memory.waiting, *_addressed(messages, channels)]
        left = _send(alert_channels.open(), waiting)
        context.update_cursor(_CURSOR.dump_json(_after(memory, seen, still_open, left)).decode())
        late = f", {len(left)} to be sent again" if left else ""
        return SkipReason(f"{len(messages)} alerts sent, {len(still_open)} troubles open{late}")

    return alerts


def _remembered(context: SensorEvaluationContext, now: datetime) -> _Memory:
    try:
        return _CURSOR.validate_json(context.cursor) if context.cursor else _Memory()
    except ValidationError:
        context.log.warning("what another version remembered cannot be read: alerts begin anew")
        return _Memory(since=now)


def _addressed(
    messages: Iterable[Message], channels: Mapping[str, Sequence[str]]
) -> Iterator[Outgoing]:
    everyone = sorted({name for named in channels.values() for name in named})
    for message in messages:
        named = dict.fromkeys(channels.get(message.model or "") or everyone)
        for channel in [name for name in named if name != FILE] or [CONSOLE]:
            yield Outgoing(message, channel)


def _send(channels: AlertChannels, waiting: Iterable[Outgoing]) -> tuple[Outgoing, ...]:
    last_start = time.monotonic() + _SENDING_SECONDS - LONGEST_SECONDS
    return send_waiting(waiting, partial(_taken, channels), lambda: time.monotonic() <= last_start)


def _taken(channels: AlertChannels, outgoing: Outgoing) -> bool:
    deliveries = channels.send(outgoing.message, [outgoing.channel])
    return all(each.ok for each in deliveries if each.channel == outgoing.channel)


def _after(
    memory: _Memory,
    seen: Sequence[_Sighting],
    still_open: dict[str, OpenIncident],
    left: tuple[Outgoing, ...],
) -> _Memory:
    # A writer whose clock is ahead must not hide what others write until then.
    read_to = min(max([memory.since, *(each.at for each in seen)]), datetime.now(UTC))
    again = frozenset(each.identity for each in seen if each.at > read_to - _LOOK_BACK)
    return _Memory(read_to, again, still_open, left)


def _identity(*parts: object) -> str:
    """A short name for what was written: thousands of them fit into the cursor."""
    return blake2b("|".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def _of_checks(
    instance: DagsterInstance,
    sources: Sequence[Source],
    models: Sequence[Model],
    after: datetime,
) -> Iterator[_Sighting]:
    for asset, check, model, partitioned in _checks(sources, models):
        for found in findings(instance, asset, check, _CHECKS_READ):
            at = datetime.fromtimestamp(found.at, UTC)
            if at <= after:
                break
            # Without its partition it is the sum of a range, whose days speak for themselves.
            if partitioned is (found.partition is not None):
                identity = _identity(*asset, check, found.partition, found.run_id, found.at)
                yield _Sighting(identity, at, partial(_of_finding, found, at, model))


def _of_finding(found: Finding, at: datetime, model: str | None) -> Iterable[Incident]:
    seen = CheckSeen(found.asset, found.check, found.partition, found.verdict, found.sentence, at)
    incident = incident_of_check(seen, model)
    return () if incident is None else (incident,)


def _checks(
    sources: Sequence[Source], models: Sequence[Model]
) -> Iterator[tuple[tuple[str, ...], str, str | None, bool]]:
    """Asset, check, model and whether it is partitioned, of each check that people hear of."""
    for source in sources:
        yield names.raw(source.spec.name), names.READABLE, None, True
        for check in _SOURCE_CHECKS:
            yield names.validated(source.spec.name), check, None, True
    for model in models:
        for stage, checks in _MODEL_CHECKS.items():
            for check in checks:
                yield model.path(stage), check, model.name, stage not in names.RETRAINING


def _of_runs(instance: DagsterInstance, after: datetime) -> Iterator[_Sighting]:
    ended = RunsFilter(statuses=list(_ENDS), updated_after=after)
    for record in instance.get_run_records(ended, limit=_RUNS_READ):
        at = datetime.fromtimestamp(record.end_time or record.update_timestamp.timestamp(), UTC)
        run = record.dagster_run
        if at > after:
            yield _Sighting(_identity(run.run_id), at, partial(_of_run, instance, run, at))


def _of_run(instance: DagsterInstance, run: DagsterRun, at: datetime) -> Iterable[Incident]:
    error = _error(instance, run)
    # What a check refused is told by the check: the run is only its messenger.
    if "DagsterAssetCheckFailedError" in error:
        return ()
    return (incident_of_run(run.run_id, _purpose(run), error, at, _ENDS[run.status]),)


def _purpose(run: DagsterRun) -> str:
    model = run.tags.get(names.TAG_RETRAINING_OF)
    if model:
        return f"retraining of {model}"
    tables = run.tags.get(names.TAG_TABLES)
    return f"landing of {tables}" if tables else "materialisation"


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


def _of_ledger(ledger: Ledger, after: datetime) -> Iterator[_Sighting]:
    for entry in ledger.entries(since=after):
        if entry.decided_at > after:
            told = partial(incidents_of_entry, entry)
            yield _Sighting(_identity(entry.entry_id), entry.decided_at, told)
