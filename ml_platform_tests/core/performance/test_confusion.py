from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix

from ml_platform.core.performance.confusion import confusion
from ml_platform_tests.core.performance.scored import Scored, scored


@given(scored(min_size=1), st.floats(0, 1))
def test_counts_are_those_of_sklearn(rows: Scored, threshold: float) -> None:
    label, score = rows
    expected = confusion_matrix(label, score >= threshold, labels=[0, 1])

    assert [list(row) for row in confusion(label, score, threshold).matrix] == expected.tolist()


def test_no_rows_are_counted_as_none() -> None:
    assert confusion([], [], 0.5).matrix == ((0, 0), (0, 0))
