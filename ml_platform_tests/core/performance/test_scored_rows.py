from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.performance.scored_rows import ScoredRows


def test_rows_are_sorted_once_and_ties_kept_together() -> None:
    rows = ScoredRows.of([0, 1, 0, 1], [0.2, 0.9, 0.2, 0.5], threshold=0.5)

    assert rows.score.tolist() == [0.9, 0.5, 0.2, 0.2]
    assert rows.label.tolist() == [1, 1, 0, 0]
    assert rows.order.tolist() == [1, 3, 0, 2]
    assert rows.decided.tolist() == [1, 1, 0, 0]
    assert rows.tie_ends.tolist() == [0, 1, 3]


def test_no_rows_are_rows_too() -> None:
    assert ScoredRows.of([], [], 0.5).tie_ends.tolist() == []


@pytest.mark.parametrize(
    ("label", "score", "message"),
    [
        ([0, 1], [0.5], "one score per label"),
        ([[0], [1]], [[0.5], [0.5]], "one score per label"),
        ([0, 2], [0.5, 0.5], "labels must be 0 or 1"),
        ([0, np.nan], [0.5, 0.5], "labels must be 0 or 1"),
        ([0, 1], [0.5, 1.01], "probabilities from 0 to 1"),
        ([0, 1], [0.5, np.nan], "probabilities from 0 to 1"),
    ],
)
def test_what_cannot_be_scored_is_refused(label: list, score: list, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        ScoredRows.of(label, score, 0.5)
