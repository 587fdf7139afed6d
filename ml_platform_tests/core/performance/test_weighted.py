from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.performance.metrics import classification_metrics
from ml_platform.core.performance.scored_rows import ScoredRows
from ml_platform.core.performance.weighted import calibration_bin, weighted_metrics
from ml_platform_tests.core.performance.scored import Scored, scored


@given(scored(min_size=1), st.integers(0, 1_000))
def test_a_weight_is_a_row_repeated(rows: Scored, seed: int) -> None:
    label, score = rows
    weights = np.random.default_rng(seed).integers(0, 4, size=(3, len(label)))
    sorted_rows = ScoredRows.of(label, score, 0.5)

    found = weighted_metrics(sorted_rows, weights[:, sorted_rows.order].astype(float))

    for resample, times in enumerate(weights):
        repeated = classification_metrics(label.repeat(times), score.repeat(times), 0.5)
        ours = {name: values[resample] for name, values in found.items()}
        assert ours == pytest.approx(repeated, nan_ok=True)


def test_a_score_of_one_falls_into_the_last_bin() -> None:
    assert calibration_bin(np.array([0.0, 0.1, 0.95, 1.0])).tolist() == [0, 1, 9, 9]
