"""A model artifact wrapped as MLflow's tools expect it: a folder with an `MLmodel` file.

The wrapper names a loader module and declares a signature. It holds no pickle.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ml_platform.core.column_kind import ColumnKind, column_kind

if TYPE_CHECKING:
    from mlflow.models import ModelSignature

LOADER_MODULE = "ml_platform.estimators.pyfunc"
"""Imported by name by `mlflow.pyfunc.load_model`."""
DATA_FOLDER = "artifact"
"""Where the artifact's files lie inside the MLflow model."""
_REQUIREMENTS = ("mlflow", "numpy", "pandas", "xgboost-cpu")


def write_mlflow_model(
    folder: Path,
    artifact: Path,
    input_columns: Mapping[str, str],
    *,
    run_id: str,
    model_id: str,
) -> None:
    """Write an MLflow model into `folder`, the artifact's files copied into it."""
    from mlflow.models import Model
    from mlflow.pyfunc import add_to_model

    shutil.copytree(artifact, folder / DATA_FOLDER)
    decides = json.loads((artifact / "spec.json").read_text())["threshold"] is not None
    signature = signature_of(input_columns, decides)
    model = Model(run_id=run_id, model_id=model_id, signature=signature)
    add_to_model(model, loader_module=LOADER_MODULE, data=DATA_FOLDER)
    model.save(folder / "MLmodel")
    pins = [f"{package}=={version(package)}" for package in _REQUIREMENTS]
    (folder / "requirements.txt").write_text("\n".join(pins) + "\n")


def signature_of(input_columns: Mapping[str, str], decides: bool = True) -> ModelSignature:
    """Return the signature: the input columns in, `score` and, where it decides, `decision` out.

    Whole numbers are declared as doubles, because a column with a gap has no whole-number form.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema

    types = {
        ColumnKind.NUMBER: DataType.double,
        ColumnKind.TEXT: DataType.string,
        ColumnKind.TIME: DataType.datetime,
    }
    inputs = [ColSpec(types[column_kind(dtype)], name) for name, dtype in input_columns.items()]
    outputs = [ColSpec(DataType.double, "score")]
    if decides:
        outputs.append(ColSpec(DataType.long, "decision"))
    return ModelSignature(inputs=Schema(inputs), outputs=Schema(outputs))
