"""What a run that ended tells people: the steps at which it broke, and those that it did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from dagster import DagsterEventType, DagsterInstance, DagsterRun, DagsterRunStatus

from ml_platform.core import names
from ml_platform.core.incidents import Incident, RunEnd, RunSeen, Work, incidents_of_run
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.lifecycle.landing_runs import PARTITION, RANGE_END, RANGE_START

ENDS = {
    DagsterRunStatus.SUCCESS: RunEnd.SUCCEEDED,
    DagsterRunStatus.FAILURE: RunEnd.FAILED,
    DagsterRunStatus.CANCELED: RunEnd.CANCELED,
}
_STEPS = {
    DagsterEventType.STEP_START,
    DagsterEventType.STEP_SUCCESS,
    DagsterEventType.STEP_FAILURE,
}


def incidents_of_ended_run(
    instance: DagsterInstance,
    run: DagsterRun,
    at: datetime,
    calendars: Mapping[str, Calendar],
) -> Iterable[Incident]:
    """What people are told of a run that ended.

    Nothing where the stop of the platform ended it: it is repeated after the next start. What a
    check refused is told by the check, the run is only its messenger.

    Args:
        instance: Dagster's.
        run: the run.
        at: when it ended.
        calendars: of each source table and model, by name.
    """
    if run.tags.get(names.TAG_ENDED_BY_SHUTDOWN) == run.run_id:
        return ()
    steps = _steps(instance, run.run_id)
    errors = {step: error for step, error in steps.items() if error is not None}
    done = [step for step, error in steps.items() if error == ""]
    broken = [step for step in steps if step not in done]
    if _refused(errors.values()):
        broken = []
    elif not broken and run.status is not DagsterRunStatus.SUCCESS:
        # It ended before a step began, or after the last: nothing but its purpose tells it apart.
        broken = [_purpose(run)]
    elif run.status is DagsterRunStatus.SUCCESS:
        done = [*done, _purpose(run)]
    partitions = _partitions(run, calendars)
    seen = RunSeen(
        run_id=run.run_id,
        purpose=_purpose(run),
        end=ENDS[run.status],
        at=at,
        error=_error(run, errors),
        # A range goes by its last partition: it is taken in day by day then, that one last.
        broken=tuple(Work(step, partitions[-1]) for step in broken),
        done=tuple(Work(step, partition) for step in done for partition in partitions),
    )
    return incidents_of_run(seen)


def _steps(instance: DagsterInstance, run_id: str) -> dict[str, str | None]:
    """Each step that began: its error, empty where it was done, None where it was still at work."""
    steps: dict[str, str | None] = {}
    for record in instance.get_records_for_run(run_id, of_type=_STEPS).records:
        event = record.event_log_entry.dagster_event
        if event is None or event.step_key is None:
            continue
        kind = event.event_type
        if kind is DagsterEventType.STEP_START:
            steps[event.step_key] = None
        elif kind is DagsterEventType.STEP_SUCCESS:
            steps[event.step_key] = ""
        else:
            error = event.step_failure_data.error
            cause = error and (error.cause or error)
            steps[event.step_key] = cause.message.strip() if cause else "no word of why"
    return steps


def _refused(errors: Iterable[str]) -> bool:
    return any("DagsterAssetCheckFailedError" in error for error in errors)


def _error(run: DagsterRun, errors: Mapping[str, str]) -> str:
    if run.status is not DagsterRunStatus.FAILURE:
        return ""
    told = [f"{step}: {error}" for step, error in errors.items() if error]
    return told[0] if told else "the run's process ended without a word; see its log"


def _partitions(run: DagsterRun, calendars: Mapping[str, Calendar]) -> list[str]:
    """The partitions that a run is about; one that is empty where it is about none."""
    first, last = run.tags.get(RANGE_START), run.tags.get(RANGE_END)
    if first is None or last is None:
        return [run.tags.get(PARTITION, "")]
    owners = [key.path[0] for key in run.asset_selection or ()]
    known = next((calendars[owner] for owner in owners if owner in calendars), None)
    return [first, last] if known is None else known.keys_between(first, last)


def _purpose(run: DagsterRun) -> str:
    """What a run was for, in words."""
    model = run.tags.get(names.TAG_RETRAINING_OF)
    if model:
        return f"retraining of {model}"
    tables = run.tags.get(names.TAG_TABLES)
    if tables:
        return f"landing of {tables}"
    keys = sorted("/".join(key.path) for key in run.asset_selection or ())
    checks = sorted(
        f"{'/'.join(k.asset_key.path)}: {k.name}" for k in run.asset_check_selection or ()
    )
    return f"materialisation of {', '.join(keys or checks) or run.job_name}"
