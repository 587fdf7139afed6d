"""Folded expressions are no deeper than they have to be, and say what a plain fold says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyspark.sql import functions as F

from ml_platform.spark.expressions import all_of, any_of, balanced, union_of


@given(st.integers(1, 3000))
def test_a_fold_keeps_the_order_and_is_as_deep_as_a_balanced_tree(count: int) -> None:
    parts = [((i,), 0) for i in range(count)]
    folded, depth = balanced(lambda a, b: (a[0] + b[0], 1 + max(a[1], b[1])), parts)
    assert folded == tuple(range(count))
    assert depth == (count - 1).bit_length()


def test_nothing_cannot_be_folded() -> None:
    with pytest.raises(IndexError):
        balanced(max, [])


def test_conditions_are_joined_as_by_a_plain_fold(spark: Any) -> None:
    values = [(a, b, c) for a in (True, False) for b in (True, False) for c in (True, False)]
    frame = spark.createDataFrame(values, "a boolean, b boolean, c boolean")
    columns = [F.col(name) for name in "abc"]
    found = frame.select("*", any_of(columns), all_of(columns), any_of([]), all_of([])).collect()
    for row in found:
        assert tuple(row)[3:] == (any(row[:3]), all(row[:3]), False, True)


def test_two_hundred_frames_are_one(spark: Any) -> None:
    frames = [spark.range(i, i + 1) for i in range(200)]
    assert sorted(row[0] for row in union_of(frames).collect()) == list(range(200))
