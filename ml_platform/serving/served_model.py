"""One version, loaded and proven: verified, scored on its golden rows, warmed up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.errors import StoreError
from ml_platform.core.golden_rows import GoldenRows
from ml_platform.core.serving_spec import ServingSpec
from ml_platform.estimators.artifact import load_artifact
from ml_platform.estimators.onnx_model import FEW_ROWS, with_declared_engine
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform.serving.input_contract import InputContract
from ml_platform.stores.deployment import LiveVersion

WARM_UP_CALLS = 20
"""Calls with one row: the first ones pay for pages and caches that are not there yet."""

Verify = Callable[[str, LiveVersion], None]


@dataclass(frozen=True, slots=True, eq=False)
class ServedModel:
    """A version ready to answer.

    Attributes:
        name: of the model.
        version: its number in the registry.
        digest: sha256 of the artifact's manifest.
        model: scores; the very code that batch scoring calls.
        contract: what a request must hold.
        serving: limits, objectives and log as the version was declared with them.
        golden: rows with known scores; one of them serves as the probe's request.
    """

    name: str
    version: int
    digest: str
    model: ScoringModel
    contract: InputContract
    serving: ServingSpec
    golden: GoldenRows


def load_served_model(root: Path, name: str, live: LiveVersion, verify: Verify) -> ServedModel:
    """Load a version from the deployment folder; returns only what may answer.

    Args:
        root: the serving folder of the model.
        name: of the model.
        live: which version, where, and the digest its manifest must have.
        verify: given the model's name; raises UserError where the signature does not do.

    Raises:
        StoreError: a file is absent or altered, the feature code cannot be imported, or a golden
            row is scored otherwise than when the model was made.
        ConfigError: the declared engine is not installed.
    """
    folder = root / live.path
    verify(name, live)
    model = with_declared_engine(load_artifact(folder, live.manifest_sha256), folder)
    golden = _golden_rows(model, folder)
    _prove(model, golden, folder)
    _warm_up(model, golden)
    serving = ServingSpec.model_validate(model.spec["spec"].get("serving") or {})
    return ServedModel(
        name=name,
        version=live.version,
        digest=live.manifest_sha256,
        model=model,
        contract=InputContract.of(model.spec),
        serving=serving,
        golden=golden,
    )


def _golden_rows(model: ScoringModel, folder: Path) -> GoldenRows:
    said: Mapping[str, Any] | None = model.spec.get("golden")
    if not said:
        raise StoreError(
            f"{folder} has no golden rows: it was trained by a release before the endpoint. "
            "Retrain the model to serve it."
        )
    return GoldenRows.from_json(said, model.input_columns)


def _prove(model: ScoringModel, golden: GoldenRows, folder: Path) -> None:
    """Score the golden rows together, few at a time and alone: always the bits of the training."""
    for size in (len(golden.scores), FEW_ROWS, 1):
        differ = golden.differing(_scored_in_parts(model, golden, size))
        if differ:
            raise StoreError(
                f"{folder} scores {len(differ)} of {len(golden.scores)} golden rows otherwise "
                "than when it was made: other versions of xgboost, onnxruntime, numpy or the "
                "feature code. It is not served."
            )


def _scored_in_parts(model: ScoringModel, golden: GoldenRows, size: int) -> NDArray[np.float64]:
    parts = [
        {name: values[start : start + size] for name, values in golden.columns.items()}
        for start in range(0, len(golden.scores), size)
    ]
    return np.concatenate([model.score(part) for part in parts])


def _warm_up(model: ScoringModel, golden: GoldenRows) -> None:
    row = {name: [values[0]] for name, values in golden.columns.items()}
    for _ in range(WARM_UP_CALLS):
        model.decide(model.score(row))
