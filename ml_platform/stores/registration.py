"""Making an artifact the next version of a registered model."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ml_platform.stores.mlflow_model import write_mlflow_model
from ml_platform.stores.registry_lookup import create_model_once
from ml_platform.stores.training_run import TrainingRun

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel


def register_artifact(
    client: MlflowClient,
    run: TrainingRun,
    artifact: Path,
    input_columns: Mapping[str, str],
    tags: Mapping[str, str],
) -> int:
    """Upload the artifact, register it and return its version number.

    Cut short before the last call, nothing is registered: a version always has its artifact.
    """
    logged = _uploaded(client, run, artifact, input_columns)
    create_model_once(client, run.model)
    digest = hashlib.sha256((artifact / "manifest.json").read_bytes()).hexdigest()
    made = client.create_model_version(
        run.model,
        logged.artifact_location,
        run.run_id,
        tags={**tags, "manifest_sha256": digest},
        model_id=logged.model_id,
    )
    return int(made.version)


def _uploaded(
    client: MlflowClient, run: TrainingRun, artifact: Path, input_columns: Mapping[str, str]
) -> LoggedModel:
    logged = client.create_logged_model(run.experiment_id, run.model, run.run_id)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "model")
        write_mlflow_model(
            folder, artifact, input_columns, run_id=run.run_id, model_id=logged.model_id
        )
        client.log_model_artifacts(logged.model_id, str(folder))
    client.finalize_logged_model(logged.model_id, "READY")
    return logged
