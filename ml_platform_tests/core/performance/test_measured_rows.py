import numpy as np
import pytest

from ml_platform.core.performance.measured_rows import (
    measured_rows,
    resampled_metrics,
    task_metrics,
)
from ml_platform.core.performance.metrics import classification_metrics
from ml_platform.core.performance.predicted_rows import PredictedRows
from ml_platform.core.performance.scored_rows import ScoredRows
from ml_platform_tests.core.performance.scored import flights


def test_a_threshold_tells_probabilities_from_predicted_numbers() -> None:
    label, score = flights(100)
    assert isinstance(measured_rows(label, score, 0.5), ScoredRows)
    assert isinstance(measured_rows(label, score, None), PredictedRows)
    with pytest.raises(ValueError, match="probabilities"):
        measured_rows([0, 1], [0.5, 3.0], 0.5)


def test_metrics_are_those_of_the_task() -> None:
    label, score = flights(300)
    assert task_metrics(label, score, 0.25) == classification_metrics(label, score, 0.25)
    rows = measured_rows(label, score, None)
    once = resampled_metrics(rows, np.ones((1, 300)))
    assert once["mae"][0] == pytest.approx(np.abs(score - label).mean())
