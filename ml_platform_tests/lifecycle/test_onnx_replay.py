"""A version with ONNX Runtime behind the real endpoint gives the bits of batch scoring."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from ml_platform.core.parity import ROWS_TO_REPLAY, compare_scores
from ml_platform.core.replay_rows import replay_rows
from ml_platform.core.serving_spec import ServingSpec
from ml_platform.estimators.artifact import load_artifact
from ml_platform.estimators.input_columns import one_form
from ml_platform.lifecycle.endpoint_replay import scores_online
from ml_platform.stores.registered_version import RegisteredVersion
from ml_platform_tests.estimators.toy_model import flights
from ml_platform_tests.serving.toy_endpoint import INPUTS, MODEL, served_artifact

TOY: Any = SimpleNamespace(
    name=MODEL, inputs=INPUTS, spec=SimpleNamespace(serving=ServingSpec(engine="onnx"))
)


@pytest.mark.slow
def test_ten_thousand_rows_with_gaps_and_extremes_have_the_bits_of_batch_scoring(
    tmp_path: Path,
) -> None:
    digest = served_artifact(tmp_path, seed=1, serving={"engine": "onnx"})
    tags = {"manifest_sha256": digest}
    version = RegisteredVersion(MODEL, 1, "a run", tmp_path, str(tmp_path), tags, ())
    rows = replay_rows(dict(one_form(flights(300), INPUTS)), INPUTS, ROWS_TO_REPLAY)
    batch = load_artifact(tmp_path)
    scores = batch.score(rows)

    online, decided = scores_online(TOY, version, rows)

    assert decided is not None
    found = compare_scores(scores, online, (batch.decide(scores), decided))
    assert found.rows >= ROWS_TO_REPLAY
    assert (found.different, found.example) == (0, None)
    assert len(np.unique(scores)) > 50
