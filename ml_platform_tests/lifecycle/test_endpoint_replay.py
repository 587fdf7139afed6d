"""Batch and the real HTTP endpoint give the same rows the same bits, and a difference is seen."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import psutil
import pytest
from pyspark.sql import SparkSession

from ml_platform.core.errors import StoreError
from ml_platform.core.parity import ROWS_TO_REPLAY, compare_scores
from ml_platform.core.replay_rows import replay_rows
from ml_platform.core.serving_spec import ServingSpec
from ml_platform.estimators.input_columns import one_form
from ml_platform.lifecycle.endpoint_replay import (
    endpoint_of,
    replay,
    scores_in_batch,
    scores_online,
)
from ml_platform.stores.registered_version import RegisteredVersion
from ml_platform_tests.estimators import toy_preprocess
from ml_platform_tests.estimators.toy_model import flights
from ml_platform_tests.serving.toy_endpoint import MODEL, served_artifact

TOY: Any = SimpleNamespace(
    name=MODEL, inputs=toy_preprocess.INPUTS, spec=SimpleNamespace(serving=ServingSpec())
)


def version(folder: Path, number: int) -> RegisteredVersion:
    path = folder / str(number)
    digest = served_artifact(path, seed=number)
    return RegisteredVersion(
        MODEL, number, "a run", path, str(path), {"manifest_sha256": digest}, ()
    )


@pytest.fixture
def columns() -> dict[str, np.ndarray]:
    return dict(one_form(flights(300), toy_preprocess.INPUTS))


@pytest.mark.slow
def test_ten_thousand_rows_have_the_same_bits_in_batch_and_online(
    tmp_path: Path, columns: dict[str, np.ndarray], spark: SparkSession
) -> None:
    found = replay(TOY, version(tmp_path, 1), columns, spark)

    assert found.rows >= ROWS_TO_REPLAY
    assert (found.different, found.example) == (0, None)


@pytest.mark.slow
def test_another_model_behind_the_endpoint_is_seen(
    tmp_path: Path, columns: dict[str, np.ndarray], spark: SparkSession
) -> None:
    rows = replay_rows(columns, toy_preprocess.INPUTS, 500)
    batch = scores_in_batch(toy_preprocess.INPUTS, version(tmp_path, 1), rows, spark)
    online, _ = scores_online(TOY, version(tmp_path, 2), rows)

    found = compare_scores(batch, online)

    assert found.rows == 500
    assert found.different > 0
    assert found.example is not None


def test_an_altered_artifact_is_not_served_for_a_replay(tmp_path: Path) -> None:
    made = version(tmp_path, 1)
    (made.path / "model.ubj").write_bytes(b"something else")

    with (
        pytest.raises(StoreError, match=r"was altered after the model was saved"),
        endpoint_of(MODEL, made, start_seconds=8),
    ):
        pass

    assert not [
        child for child in psutil.Process().children() if "serving" in " ".join(child.cmdline())
    ]
