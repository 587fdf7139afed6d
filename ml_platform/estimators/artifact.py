"""A model on disk: trees, specification and a manifest of digests. Data only, nothing to unpickle.

model.ubj       the booster in XGBoost's own binary format
spec.json       resolved declaration, features, input columns, threshold, preprocess, versions, data
code/           the feature code it was trained with, as source
batch_code/     the code that made the features of its days on Spark, as source
model.onnx      the same trees for ONNX Runtime, where serving.engine: onnx is declared
manifest.json   the sha256 of each of these

Format 1, written before code was kept, has no code/: its feature code is imported from the project.
Format 2, and a model whose feature function is no module's, have no batch_code/.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ml_platform.core.errors import StoreError
from ml_platform.core.serving_spec import declared_engine
from ml_platform.core.task import BINARY_CLASSIFICATION, TASKS, Task
from ml_platform.estimators.onnx_trees import onnx_model
from ml_platform.estimators.packed_code import (
    BATCH_CODE_FOLDER,
    CODE_FOLDER,
    PackedCode,
    code_digest,
    load_packed,
    pack,
)
from ml_platform.estimators.scoring_model import ScoringModel

if TYPE_CHECKING:
    from xgboost import Booster

MODEL_FILE = "model.ubj"
SPEC_FILE = "spec.json"
ONNX_FILE = "model.onnx"
MANIFEST_FILE = "manifest.json"
FORMAT = 3
READ_FORMATS = (1, 2, 3)


def save_artifact(
    directory: Path,
    booster: Booster,
    *,
    spec_resolved: Mapping[str, Any],
    preprocess_name: str,
    feature_names: Sequence[str],
    input_columns: Mapping[str, str],
    threshold: float | None,
    batch_code: PackedCode | None = None,
    extra: Mapping[str, Any] | None = None,
) -> str:
    """Write the artifact into `directory` and return the sha256 of its manifest.

    Args:
        directory: created where absent.
        booster: the fitted trees.
        spec_resolved: the model's declaration with every default filled in, JSON-ready.
        preprocess_name: the importable module that makes the features.
        feature_names: the columns of the matrix, in order.
        input_columns: the columns preprocess reads, with their dtypes.
        threshold: scores at or above it are decided 1; None where nothing is decided.
        batch_code: what makes the features of whole days; None where it is not kept.
        extra: what else must be known of this model: data versions, git revision, run ids.

    Raises:
        ConfigError: `serving.engine: onnx` is declared, and these trees cannot be written so; or
            the feature code cannot be kept with the version.
    """
    directory.mkdir(parents=True, exist_ok=True)
    booster.save_model(directory / MODEL_FILE)
    code = pack(preprocess_name)
    spec = {
        "format": FORMAT,
        "spec": dict(spec_resolved),
        "preprocess": preprocess_name,
        "preprocess_sha256": preprocess_digest(preprocess_name),
        "code_sha256": code.digest,
        "batch_features": batch_code and batch_code.module,
        "batch_code_sha256": batch_code and batch_code.digest,
        "features": list(feature_names),
        "input_columns": dict(input_columns),
        "threshold": None if threshold is None else float(threshold),
        "packages": {name: _installed(name) for name in ("ml-platform", "xgboost-cpu", "numpy")},
        **(extra or {}),
    }
    (directory / SPEC_FILE).write_text(json.dumps(spec, indent=2, default=str) + "\n")
    saved = [MODEL_FILE, SPEC_FILE, *code.write(directory)]
    if batch_code is not None:
        saved += batch_code.write(directory, BATCH_CODE_FOLDER)
    if declared_engine(spec_resolved) == "onnx":
        (directory / ONNX_FILE).write_bytes(onnx_model(booster))
        saved.append(ONNX_FILE)
    digests = {name: _sha256(directory / name) for name in saved}
    (directory / MANIFEST_FILE).write_text(json.dumps({"sha256": digests}, indent=2) + "\n")
    return _sha256(directory / MANIFEST_FILE)


def load_artifact(directory: Path, manifest_sha256: str | None = None) -> ScoringModel:
    """Verify every file of an artifact and return the model.

    `manifest_sha256`, as recorded in the registry, also guards the manifest itself.

    Raises:
        StoreError: a file is absent, altered or unreadable, or the feature code cannot be
            loaded; the message names the file.
    """
    digests = _verify(directory, manifest_sha256)
    spec = _read_spec(directory)
    return ScoringModel(
        booster=_load_booster(directory / MODEL_FILE),
        transform=_feature_code(directory, spec, digests).transform,
        input_columns=spec["input_columns"],
        feature_names=tuple(spec["features"]),
        threshold=None if spec["threshold"] is None else float(spec["threshold"]),
        spec=spec,
        task=_task(spec),
    )


@dataclass(frozen=True)
class BatchCode:
    """What made the features of the days that a version learned from.

    Attributes:
        module: has `features` and, where it looks back, `LOOKBACK_DAYS`.
        digest: of the module and what it imports of the team's own.
        declared: the version's resolved declaration.
    """

    module: ModuleType
    digest: str
    declared: Mapping[str, Any]


def load_batch_code(directory: Path, manifest_sha256: str | None = None) -> BatchCode | None:
    """Verify an artifact and return the code that made the features of its days.

    None where the version was made before it was kept.

    Raises:
        StoreError: as for `load_artifact`.
    """
    digests = _verify(directory, manifest_sha256)
    spec = _read_spec(directory)
    if not (module := spec.get("batch_features")):
        return None
    digest = spec["batch_code_sha256"]
    loaded = _load_kept(directory, BATCH_CODE_FOLDER, module, digest, digests)
    return BatchCode(loaded, digest, spec["spec"])


def _read_spec(directory: Path) -> Mapping[str, Any]:
    spec: Mapping[str, Any] = json.loads((directory / SPEC_FILE).read_text())
    if spec.get("format") not in READ_FORMATS:
        known = ", ".join(map(str, READ_FORMATS))
        raise StoreError(
            f"{directory / SPEC_FILE} has format {spec.get('format')}; this release reads {known}"
        )
    return spec


def preprocess_digest(module_name: str) -> str:
    """Return the sha256 of a preprocess module's source, the version of the feature code.

    Raises:
        StoreError: the module cannot be imported.
    """
    source = preprocess_module(module_name).__file__
    if source is None:
        raise StoreError(f"the feature code {module_name} is not a file")
    return _sha256(Path(source))


def _feature_code(directory: Path, spec: Mapping[str, Any], digests: Mapping[str, str]) -> Any:
    """The version's own code; of a version from before it was kept, the project's."""
    if spec["format"] == 1:
        return preprocess_module(spec["preprocess"])
    return _load_kept(directory, CODE_FOLDER, spec["preprocess"], spec["code_sha256"], digests)


def _load_kept(
    directory: Path, folder: str, module: str, digest: str, digests: Mapping[str, str]
) -> ModuleType:
    """A module out of one of the two folders of code, whose files were verified."""
    inside = f"{folder}/"
    kept = {n.removeprefix(inside): d for n, d in digests.items() if n.startswith(inside)}
    if code_digest(kept) != digest:
        raise StoreError(f"{directory / folder} is not the code that {SPEC_FILE} names")
    return load_packed(directory, module, digest, folder)


def _task(spec: Mapping[str, Any]) -> Task:
    """As declared; an artifact that says nothing of it is of the time when there was one task."""
    return TASKS[spec["spec"].get("task", BINARY_CLASSIFICATION.name)]


def _verify(directory: Path, manifest_sha256: str | None) -> Mapping[str, str]:
    """Compare every file with the manifest, and return the digests by path."""
    manifest = directory / MANIFEST_FILE
    if manifest_sha256 is not None:
        _require_digest(manifest, manifest_sha256)
    digests = _read_manifest(manifest)
    for name in dict.fromkeys((MODEL_FILE, SPEC_FILE, *digests)):
        if ".." in Path(name).parts or Path(name).is_absolute():
            raise StoreError(f"{manifest} names {name}, which is no file of the model")
        _require_digest(directory / name, digests.get(name))
    folders = (CODE_FOLDER, BATCH_CODE_FOLDER)
    for file in (f for folder in folders for f in (directory / folder).rglob("*")):
        name = file.relative_to(directory).as_posix()
        if file.is_file() and name not in digests:
            raise StoreError(f"{file} was added after the model was saved")
    return digests


def _read_manifest(manifest: Path) -> Mapping[str, str]:
    try:
        return dict(json.loads(manifest.read_text())["sha256"])
    except FileNotFoundError as error:
        raise StoreError(f"{manifest} is missing: not a model, or only part of one") from error
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{manifest} is not a manifest of digests") from error


def _require_digest(file: Path, expected: str | None) -> None:
    try:
        found = _sha256(file)
    except FileNotFoundError as error:
        raise StoreError(f"{file} is missing: the model is incomplete") from error
    if found != expected:
        raise StoreError(
            f"{file} was altered after the model was saved: "
            f"its sha256 is {found}, recorded was {expected}"
        )


def _load_booster(file: Path) -> Booster:
    import xgboost as xgb

    booster = xgb.Booster(model_file=file)
    # One thread: workers run side by side already, and a single row gains nothing from more.
    booster.set_param({"nthread": 1})
    return booster


def preprocess_module(module_name: str) -> Any:
    """Import feature code: a module with `INPUTS`, `FEATURES` and `transform`.

    Raises:
        StoreError: it cannot be imported; the message names it.
    """
    try:
        return importlib.import_module(module_name)
    except ImportError as error:
        raise StoreError(
            f"the feature code {module_name}, which this model was trained with, "
            f"cannot be imported: {error}"
        ) from error


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
