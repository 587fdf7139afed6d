"""The step that keeps a model from its first champion: what it is, and why it fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dagster import AssetKey, DagsterEventType, DagsterInstance, DagsterRunStatus, RunsFilter

from ml_platform.core import names
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.check_history import findings
from ml_platform.lifecycle.model import Model

_RUNS_READ = 20
_LONGEST = 300


def failing_step(model: Model, instance: DagsterInstance) -> str:
    """The newest step of a model, or of a table it reads, that failed and has not succeeded since.

    Or else the check that took the newest labels for none. Empty where there is neither.
    """
    steps = _steps_of(model)
    failed = RunsFilter(statuses=[DagsterRunStatus.FAILURE])
    for record in instance.get_run_records(failed, limit=_RUNS_READ):
        for step, error in _failures(instance, record.dagster_run.run_id):
            if step in steps and not _done_since(instance, steps[step], record.start_time or 0.0):
                return f"{'/'.join(steps[step])} fails: {error}"
    return _refused_labels(model, instance)


def _steps_of(model: Model) -> Mapping[str, tuple[str, ...]]:
    """Dagster's name of each step, and the asset that it makes."""
    sources = model.spec.sources
    tables = (sources.primary, *sources.lookups, sources.labels)
    stages = (*names.DAILY, *names.ON_LABELS, *names.RETRAINING)
    paths = [model.path(stage) for stage in stages]
    paths += [layer(table) for table in tables for layer in (names.raw, names.validated)]
    return {"__".join(path): path for path in paths}


def _failures(instance: DagsterInstance, run_id: str) -> Iterator[tuple[str, str]]:
    """The steps of a run that failed, each with the first line of why."""
    records = instance.get_records_for_run(run_id, of_type=DagsterEventType.STEP_FAILURE).records
    for record in records:
        event = record.event_log_entry.dagster_event
        if event is None or event.step_key is None or event.step_failure_data.error is None:
            continue
        error = event.step_failure_data.error
        said = (error.cause or error).message.strip().partition("\n")[0]
        yield event.step_key, said if len(said) <= _LONGEST else said[: _LONGEST - 3] + "..."


def _done_since(instance: DagsterInstance, path: tuple[str, ...], moment: float) -> bool:
    made = instance.get_latest_materialization_event(AssetKey(list(path)))
    return made is not None and made.timestamp > moment


def _refused_labels(model: Model, instance: DagsterInstance) -> str:
    path = model.path(names.LABELS)
    found = findings(instance, path, names.LABEL_JOIN, limit=1)
    if not found or found[0].verdict is not Verdict.FAILED:
        return ""
    return f"{'/'.join(path)} of {found[0].partition}: {found[0].sentence}"
