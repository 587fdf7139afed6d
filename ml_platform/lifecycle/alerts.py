"""Alerts: a sensor that tells people about failed checks, broken runs and what was decided."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

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
from pydantic import TypeAdapter

from ml_platform.core import names
from ml_platform.core.alerts import Incident, OpenIncident, plan_messages
from ml_platform.core.incidents import (
    CheckSeen,
    incident_of_check,
    incident_of_entry,
    incident_of_run,
)
from ml_platform.lifecycle.check_history import findings
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.source import Source
from ml_platform.resources.alerts_resource import AlertsResource
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.ledger import Ledger

_SEEN_AT_ONCE = 100
_SOURCE_CHECKS = (names.CONTRACT, names.CONSERVATION, names.VOLUME)
_MODEL_CHECKS = {
    names.FEATURES: (names.JOINED,),
    names.PREDICTIONS: (names.EVERY_EVENT_SCORED,),
    names.INFERENCE_LOG: (names.LOGGED_ONCE,),
    names.LABELS: (names.LABEL_JOIN,),
    names.PERFORMANCE: (names.PERFORMANCE_LEVEL,),
    names.DRIFT: (names.COLUMN_DRIFT, names.UNSEEN_VALUES, names.SCORE_DRIFT),
}


class _Memory:
    """What the sensor remembers: how far it has read, and which troubles it has told."""

    adapter = TypeAdapter(tuple[datetime, dict[str, OpenIncident]])

    @classmethod
    def read(cls, cursor: str | None) -> tuple[datetime, dict[str, OpenIncident]]:
        return cls.adapter.validate_json(cursor) if cursor else (datetime.fromtimestamp(0, UTC), {})

    @classmethod
    def write(cls, since: datetime, still_open: Mapping[str, OpenIncident]) -> str:
        return cls.adapter.dump_json((since, dict(still_open))).decode()


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
        since, open_incidents = _Memory.read(context.cursor)
        incidents = [
            *_of_checks(context.instance, sources, models, since),
            *_of_runs(context.instance, since),
            *_of_ledger(Ledger(lake.open()), since),
        ]
        messages, still_open = plan_messages(incidents, open_incidents, repeat_after, now)
        everyone = sorted({name for named in channels.values() for name in named})
        sender = alert_channels.open()
        for message in messages:
            sender.send(message, channels.get(message.model or "", everyone) or everyone)
        read_to = max((incident.at for incident in incidents), default=since)
        context.update_cursor(_Memory.write(read_to, still_open))
        return SkipReason(f"{len(messages)} alerts sent, {len(still_open)} troubles open")

    return alerts


def _of_checks(
    instance: DagsterInstance,
    sources: Sequence[Source],
    models: Sequence[Model],
    since: datetime,
) -> Iterator[Incident]:
    for asset, check, model in _checks(sources, models):
        for found in findings(instance, asset, check, _SEEN_AT_ONCE):
            at = datetime.fromtimestamp(found.at, UTC)
            if at <= since:
                break
            if found.partition is None:  # the sum of a range, whose days speak for themselves
                continue
            seen = CheckSeen(asset, check, found.partition, found.verdict, found.sentence, at)
            incident = incident_of_check(seen, model)
            if incident:
                yield incident


def _checks(
    sources: Sequence[Source], models: Sequence[Model]
) -> Iterator[tuple[tuple[str, ...], str, str | None]]:
    for source in sources:
        yield names.raw(source.spec.name), names.READABLE, None
        for check in _SOURCE_CHECKS:
            yield names.validated(source.spec.name), check, None
    for model in models:
        for stage, checks in _MODEL_CHECKS.items():
            for check in checks:
                yield model.path(stage), check, model.name


def _of_runs(instance: DagsterInstance, since: datetime) -> Iterator[Incident]:
    over = [DagsterRunStatus.FAILURE, DagsterRunStatus.SUCCESS]
    records = instance.get_run_records(
        RunsFilter(statuses=over, updated_after=since), limit=_SEEN_AT_ONCE
    )
    for record in records:
        at = datetime.fromtimestamp(record.end_time or record.update_timestamp.timestamp(), UTC)
        run = record.dagster_run
        failed = run.status is DagsterRunStatus.FAILURE
        # What a check refused is told by the check: the run is only its messenger.
        if at > since and not (failed and _refused_by_check(instance, run)):
            yield incident_of_run(run.run_id, _purpose(run), _error(instance, run), at, failed)


def _purpose(run: DagsterRun) -> str:
    model = run.tags.get(names.TAG_RETRAINING_OF)
    if model:
        return f"retraining of {model}"
    tables = run.tags.get(names.TAG_TABLES)
    return f"landing of {tables}" if tables else "materialisation"


def _refused_by_check(instance: DagsterInstance, run: DagsterRun) -> bool:
    return "DagsterAssetCheckFailedError" in _error(instance, run)


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


def _of_ledger(ledger: Ledger, since: datetime) -> Iterator[Incident]:
    for entry in ledger.entries(since=since):
        incident = incident_of_entry(entry)
        if incident and entry.decided_at > since:
            yield incident
