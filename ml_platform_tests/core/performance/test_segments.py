from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.performance.metrics import classification_metrics
from ml_platform.core.performance.segments import segment_metrics
from ml_platform_tests.core.performance.scored import flights


def test_each_value_has_the_metrics_of_its_rows() -> None:
    label, score = flights(900)
    origin = np.array(["JFK"] * 500 + ["EWR"] * 300 + ["LGA"] * 100)

    lines = segment_metrics("origin", origin, label, score, 0.25)

    assert [(line.value, line.rows, line.evaluated) for line in lines] == [
        ("JFK", 500, True),
        ("EWR", 300, True),
        ("LGA", 100, False),
    ]
    assert lines[1].metrics == pytest.approx(
        classification_metrics(label[500:800], score[500:800], 0.25)
    )
    assert lines[2].metrics == {}


def test_rows_without_a_value_are_a_segment_of_their_own() -> None:
    values = np.array(["AA", None, float("nan"), 7], dtype=object)

    lines = segment_metrics("carrier", values, [0, 1, 1, 0], [0.1, 0.2, 0.3, 0.4], 0.5, min_rows=1)

    assert [(line.value, line.rows) for line in lines] == [("(missing)", 2), ("7", 1), ("AA", 1)]


def test_no_rows_have_no_segments() -> None:
    assert segment_metrics("carrier", [], [], [], 0.5) == ()
