"""The MLflow run of a training step, tied to its Dagster run.

dagster-mlflow gives a step MLflow's fluent interface (`mlflow.log_metric(...)`), tagged with the
Dagster run. By itself it leaves the run RUNNING without its hook, lets the next Dagster run in
the same process reuse it, and may create two under the multiprocess executor. Here the registry
creates and ends the run, dagster-mlflow is only handed its id, and what it changed in the process
is put back.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dagster import AssetExecutionContext, ConfigurableResource, DagsterRun

from ml_platform.stores.model_registry import ModelRegistry
from ml_platform.stores.run_lifecycle import DAGSTER_RUN_ID
from ml_platform.stores.training_run import TrainingRun

_CHANGED_BY_MLFLOW = ("MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_ID")


class MlflowTracking(ConfigurableResource[ModelRegistry]):
    """MLflow runs for steps that train.

    Attributes:
        tracking_uri: MLflow's address, a server or a database.
        artifact_root: folder or object store for artifacts.
    """

    tracking_uri: str
    artifact_root: str

    @contextmanager
    def run(
        self, context: AssetExecutionContext, model: str, tags: Mapping[str, str] | None = None
    ) -> Iterator[TrainingRun]:
        """Open the one MLflow run of this Dagster run and model.

        It ends FINISHED, or FAILED with whatever exception leaves the block. A retried step
        continues it; another Dagster run gets its own. Inside, `mlflow.*` writes to it too.

        Raises:
            RegistryUnreachable: MLflow does not answer.
        """
        registry = ModelRegistry(self.tracking_uri, self.artifact_root)
        tied = {DAGSTER_RUN_ID: context.run.run_id, **(tags or {})}
        with registry.training_run(model, tied) as run, self._active(context, run):
            yield run

    @contextmanager
    def _active(self, context: AssetExecutionContext, run: TrainingRun) -> Iterator[None]:
        import mlflow
        from dagster_mlflow.resources import MlFlow

        with _mlflow_put_back():
            _end_stale(context)
            MlFlow(_resource_context(context, run, self.tracking_uri))
            try:
                yield
            except BaseException:
                mlflow.end_run("FAILED")
                raise
            mlflow.end_run()


@dataclass(frozen=True)
class _ResourceContext:
    """What dagster-mlflow reads of the context of a resource."""

    log: Any
    dagster_run: DagsterRun
    run_id: str
    resource_config: Mapping[str, Any] = field(default_factory=dict)


def _resource_context(
    context: AssetExecutionContext, run: TrainingRun, tracking_uri: str
) -> _ResourceContext:
    config = {
        "mlflow_tracking_uri": tracking_uri,
        "experiment_name": run.model,
        "mlflow_run_id": run.run_id,
    }
    return _ResourceContext(context.log, context.run, context.run.run_id, config)


def _end_stale(context: AssetExecutionContext) -> None:
    """End a run that other code left active in this process, before it could be written to."""
    import mlflow

    while (stale := mlflow.active_run()) is not None:
        context.log.warning(f"MLflow run {stale.info.run_id} was left active: ended as KILLED")
        mlflow.end_run("KILLED")


@contextmanager
def _mlflow_put_back() -> Iterator[None]:
    """Put back MLflow's tracking address and the environment it spreads to child processes."""
    import mlflow

    before = mlflow.get_tracking_uri() if mlflow.is_tracking_uri_set() else None
    environment = {name: os.environ.get(name) for name in _CHANGED_BY_MLFLOW}
    try:
        yield
    finally:
        mlflow.set_tracking_uri(before)  # type: ignore[arg-type]  # None: as if never set
        for name, value in environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
