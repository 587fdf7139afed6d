from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ml_platform.core.feature_digest import Cell, feature_digests

CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.none(), st.text(max_size=5), st.integers(-9, 9), st.floats(), st.booleans()
)
ROWS = st.lists(CELLS, min_size=2, max_size=2)


def _meaning(row: list[Cell]) -> list[Cell]:
    return [None if isinstance(c, float) and math.isnan(c) else c for c in row]


def _digest(row: list[Cell]) -> str:
    (digest,) = feature_digests({f"column_{i}": [cell] for i, cell in enumerate(row)})
    return digest


@given(ROWS, ROWS)
@example(["a\x1fsb", "c"], ["a", "b\x1fsc"])
@example(["-", None], [None, "-"])
@example([0.0, None], [-0.0, math.nan])
@example(["1", 1], [1, "1"])
def test_digests_are_equal_exactly_when_the_inputs_are(
    first: list[Cell], second: list[Cell]
) -> None:
    assert (_digest(first) == _digest(second)) == (_meaning(first) == _meaning(second))


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_a_row_has_one_digest_alone_and_among_others_whatever_the_order_of_columns(
    rows: list[tuple[Cell, Cell]],
) -> None:
    columns = {"hour": [row[0] for row in rows], "origin": [row[1] for row in rows]}

    together = feature_digests(columns)

    assert together == feature_digests(dict(reversed(columns.items())))
    assert together == [feature_digests({"hour": [a], "origin": [b]})[0] for a, b in rows]


def test_numpy_and_python_values_have_the_same_digest() -> None:
    hours = np.array([7, 8], dtype=np.int64)

    assert feature_digests({"hour": hours}) == feature_digests({"hour": [7.0, 8.0]})


def test_a_digest_never_changes_between_releases() -> None:
    row = {"hour": [7], "origin": ["JFK"], "temp": [None]}

    assert feature_digests(row) == ["e4fc52efb7eaf6d8"]


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        feature_digests({"hour": [7, 8], "origin": ["JFK"]})
