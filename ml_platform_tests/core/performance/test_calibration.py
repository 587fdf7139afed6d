from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from sklearn import calibration as sk

from ml_platform.core.performance.calibration import calibration_curve, calibration_error
from ml_platform.core.performance.metrics import classification_metrics
from ml_platform_tests.core.performance.scored import Scored, flights, scored


def test_the_curve_is_that_of_sklearn() -> None:
    # Scores off the ends of the bins, which the two put on different sides.
    label, score = flights(1_000)
    score = np.clip(score + 0.003, 0, 1)
    came, promised = sk.calibration_curve(label, score, n_bins=10)

    points = calibration_curve(label, score)

    assert [point.positive_rate for point in points] == pytest.approx(came.tolist())
    assert [point.mean_score for point in points] == pytest.approx(promised.tolist())
    assert sum(point.rows for point in points) == 1_000


@given(scored())
def test_the_error_is_the_metric_of_that_name(rows: Scored) -> None:
    expected = classification_metrics(*rows, threshold=0.5)["calibration_error"]

    assert calibration_error(*rows) == pytest.approx(expected, nan_ok=True)


def test_honest_scores_have_no_error_and_no_rows_no_answer() -> None:
    assert calibration_error([0, 1, 1, 1], [0.75] * 4) == pytest.approx(0)
    assert calibration_error([0, 0], [1.0, 1.0]) == 1
    assert isnan(calibration_error([], []))
