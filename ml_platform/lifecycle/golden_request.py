"""The request of the probe: a golden row of the live version as a client would send it."""

from __future__ import annotations

import json
from math import isfinite, isnan
from pathlib import Path
from typing import Any

import numpy as np

from ml_platform.core.errors import StoreError
from ml_platform.core.golden_rows import GoldenRows
from ml_platform.estimators.artifact import SPEC_FILE
from ml_platform.stores.deployment import model_folder, read_deployment
from ml_platform.stores.endpoint_probe import GoldenRequest


def golden_request(root: Path, model: str) -> GoldenRequest | None:
    """Read a model's request from what is published; None where nothing is.

    Raises:
        StoreError: the live version has no golden row that can be sent, or cannot be read.
    """
    live = read_deployment(root, model)
    if live is None or live.champion is None:
        return None
    file = model_folder(root, model) / live.champion.path / SPEC_FILE
    try:
        spec = json.loads(file.read_text())
        golden = GoldenRows.from_json(spec["golden"], spec["input_columns"])
    except (OSError, ValueError, KeyError) as error:
        raise StoreError(f"{file} has no golden rows to probe with: {error!r}") from error
    row, score = _first_row(golden, file)
    body = {"dataframe_split": {"columns": list(row), "data": [list(row.values())]}}
    return GoldenRequest(
        version=live.champion.version,
        body=json.dumps(body).encode(),
        score=score,
    )


def _first_row(golden: GoldenRows, file: Path) -> tuple[dict[str, Any], float]:
    """The first row that JSON can carry: the extreme ones may hold numbers without end."""
    for i, score in enumerate(golden.scores.tolist()):
        row = {name: _plain(values[i]) for name, values in golden.columns.items()}
        numbers = [value for value in row.values() if isinstance(value, float)]
        if all(isfinite(value) for value in numbers):
            return row, score
    raise StoreError(f"none of the golden rows in {file} can be sent")


def _plain(value: Any) -> float | str | None:
    """A value as JSON has it; what is missing is null."""
    if isinstance(value, np.datetime64):
        return None if np.isnat(value) else str(value)
    if isinstance(value, float):
        return None if isnan(value) else float(value)
    return value
