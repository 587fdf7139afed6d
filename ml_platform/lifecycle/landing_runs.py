"""How the runs that take partitions in stand, read from Dagster."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from dagster import (
    DagsterEventType,
    DagsterInstance,
    DagsterRun,
    DagsterRunStatus,
    RunRecord,
    RunsFilter,
)

from ml_platform.core import names
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.ingestion.failure_cause import failure_cause
from ml_platform.core.landing import Place
from ml_platform.core.landing_backlog import End, Standing
from ml_platform.lifecycle.policy_facts import IN_PROGRESS

RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
PARTITION, RUN_KEY = "dagster/partition", "dagster/run_key"


def standings(instance: DagsterInstance, keys: Sequence[str]) -> dict[str, Standing]:
    """By run key, how the newest run with that key stands; keys without a run are left out."""
    if not keys:
        return {}
    records = instance.get_run_records(RunsFilter(tags={RUN_KEY: list(keys)}))
    newest = {record.dagster_run.tags[RUN_KEY]: record for record in reversed(records)}
    return {key: _standing(instance, record) for key, record in newest.items()}


def under_way(instance: DagsterInstance, calendars: Mapping[str, Calendar]) -> set[Place]:
    """What runs that are queued or in progress take in, whoever asked for them.

    Args:
        instance: Dagster's.
        calendars: of all source tables, by name.
    """
    runs = instance.get_runs(RunsFilter(statuses=IN_PROGRESS))
    return {
        (table, partition)
        for run in runs
        for table in _taken_in(run, calendars)
        for partition in _partitions(run, calendars[table])
    }


def _standing(instance: DagsterInstance, record: RunRecord) -> Standing:
    run = record.dagster_run
    if not run.is_finished:
        return Standing()
    at = record.end_time or record.update_timestamp.timestamp()
    if run.status is DagsterRunStatus.FAILURE:
        return _failure(instance, run.run_id, at)
    return Standing(End.WELL if run.is_success else End.CANCELED, at)


_TOLD = {
    DagsterEventType.STEP_FAILURE,
    DagsterEventType.STEP_SUCCESS,
    DagsterEventType.ASSET_MATERIALIZATION,
}
_DIED = "the process of the run ended in the midst of it"
_REFUSAL = "DagsterAssetCheckFailedError"


def _failure(instance: DagsterInstance, run_id: str, at: float) -> Standing:
    """How a run failed: read once, on the look after its end."""
    records = instance.get_records_for_run(run_id, of_type=_TOLD).records
    events = [event for each in records if (event := each.event_log_entry.dagster_event)]
    well = {event.step_key for event in events if event.is_step_success}
    made = {
        "/".join(event.asset_key.path)
        for event in events
        if event.is_step_materialization and event.step_key in well and event.asset_key
    }
    failed = [(str(e.step_key), e.step_failure_data.error) for e in events if e.is_step_failure]
    errors = [(step, error) for step, error in failed if error]
    if not errors:
        return Standing(
            End.DIED, at, "the process of the run ended in the midst of it", frozenset(made)
        )
    step, error = errors[0]
    # A blocking check says so when its step ends.
    refused = any(each.cls_name == _REFUSAL for _, each in errors)
    while error.cause:
        error = error.cause
    cause = failure_cause(step, error.cls_name or "", error.message)
    return Standing(End.REFUSED if refused else End.BROKEN, at, cause, frozenset(made))


def _taken_in(run: DagsterRun, tables: Iterable[str]) -> Iterator[str]:
    """Tables of which the run writes raw or what is made of it; without a selection, all.

    A landing run that goes on where another stopped may leave them out, and counts all the same.
    """
    if run.asset_selection is None:
        yield from tables
        return
    selected = {tuple(key.path) for key in run.asset_selection}
    told = run.tags.get(names.TAG_TABLES, "").split(", ")
    for table in tables:
        if table in told or selected & {
            names.raw(table),
            names.validated(table),
            names.quarantine(table),
        }:
            yield table


def _partitions(run: DagsterRun, calendar: Calendar) -> Sequence[str]:
    if PARTITION in run.tags:
        return [run.tags[PARTITION]]
    first, last = run.tags.get(RANGE_START), run.tags.get(RANGE_END)
    if first is None or last is None or not (calendar.is_key(first) and calendar.is_key(last)):
        return []
    return calendar.keys_between(first, last)
