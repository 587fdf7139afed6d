"""The beginning and the end of an MLflow run: one per Dagster run, none left RUNNING."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ml_platform.core.errors import StoreError
from ml_platform.stores.registry_connection import registry_errors
from ml_platform.stores.training_run import TrainingRun

if TYPE_CHECKING:
    from mlflow import MlflowClient

DAGSTER_RUN_ID: Final = "dagster_run_id"
"""The tag that ties a run to its Dagster run; the name is dagster-mlflow's own."""


@contextmanager
def running(run: TrainingRun) -> Iterator[TrainingRun]:
    """Yield a run and end it: FINISHED, or FAILED by any exception, Ctrl-C included."""
    try:
        yield run
    except BaseException as error:
        _end_failed(run, error)
        raise
    _end(run, "FINISHED")


def resumed_or_new(
    client: MlflowClient, model: str, artifact_root: str, tags: Mapping[str, str]
) -> TrainingRun:
    """Begin a run in the model's experiment, or continue the one of the same Dagster run.

    A run that another Dagster run left RUNNING was killed with its process: one training per
    model runs at a time. It is ended as FAILED. Were it alive after all, its own end still
    sets its true status.
    """
    experiment = _experiment(client, model, artifact_root)
    same = _of_dagster_run(client, experiment, tags.get(DAGSTER_RUN_ID))
    _end_abandoned(client, experiment)
    if same is None:
        run_id = client.create_run(experiment, tags={**tags, "model": model}).info.run_id
    else:
        run_id = same
        client.update_run(run_id, status="RUNNING")
    return TrainingRun(model, run_id, experiment, client)


def _experiment(client: MlflowClient, model: str, artifact_root: str) -> str:
    from mlflow.exceptions import MlflowException

    known = client.get_experiment_by_name(model)
    if known is not None:
        return str(known.experiment_id)
    by_server = client.tracking_uri.startswith("http")
    location = None if by_server else f"{artifact_root.rstrip('/')}/{model}"
    try:
        return str(client.create_experiment(model, artifact_location=location))
    except MlflowException as error:
        known = client.get_experiment_by_name(model)
        if error.error_code != "RESOURCE_ALREADY_EXISTS" or known is None:
            raise
        return str(known.experiment_id)


def _of_dagster_run(
    client: MlflowClient, experiment: str, dagster_run_id: str | None
) -> str | None:
    if dagster_run_id is None:
        return None
    tagged = f"tags.{DAGSTER_RUN_ID} = '{dagster_run_id}'"
    found = client.search_runs([experiment], tagged, max_results=1)
    return found[0].info.run_id if found else None


def _end_abandoned(client: MlflowClient, experiment: str) -> None:
    for run in client.search_runs([experiment], "attributes.status = 'RUNNING'"):
        client.set_tag(run.info.run_id, "ended_by", "the next training found it abandoned")
        client.set_terminated(run.info.run_id, "FAILED")


def _end(run: TrainingRun, status: str) -> None:
    with registry_errors(run.client.tracking_uri):
        run.client.set_terminated(run.run_id, status)


def _end_failed(run: TrainingRun, error: BaseException) -> None:
    try:
        _end(run, "FAILED")
    except StoreError as unrecorded:
        # The training's own error is the one to show; this one is told along with it.
        error.add_note(f"and the MLflow run {run.run_id} could not be ended: {unrecorded}")
