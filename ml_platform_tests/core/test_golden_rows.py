"""Golden rows are read back bit for bit, and a scoring that differs in one bit is seen."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.extreme_rows import extreme_rows
from ml_platform.core.golden_rows import GoldenRows, joined, shuffled_rows

INPUTS = {"hour": "int64", "origin": "string", "at": "datetime64[us]"}


def through_json(rows: GoldenRows) -> GoldenRows:
    text = json.dumps(rows.to_json(INPUTS), allow_nan=False)
    return GoldenRows.from_json(json.loads(text), INPUTS)


def test_extreme_rows_come_back_as_they_were() -> None:
    columns = extreme_rows(INPUTS)
    rows = GoldenRows(columns, np.linspace(0, 1, len(columns["hour"])))
    back = through_json(rows)
    assert back.columns["origin"].tolist() == columns["origin"].tolist()
    assert back.columns["hour"].tobytes() == columns["hour"].tobytes()
    assert back.columns["at"].tobytes() == columns["at"].tobytes()
    assert back.columns["at"].dtype == columns["at"].dtype
    assert back.differing(rows.scores) == []


@given(st.lists(st.floats(allow_nan=False), min_size=1))
def test_every_number_comes_back_to_the_bit(numbers: list[float]) -> None:
    column = np.array(numbers)
    made = GoldenRows({"hour": column}, column).to_json({"hour": "float64"})
    back = GoldenRows.from_json(made, {"hour": "float64"})
    assert back.columns["hour"].tobytes() == column.tobytes()


@pytest.mark.parametrize("other", [[0.1, 0.3], [0.1, float("nan")], [0.1], [-0.1, 0.2]])
def test_another_score_is_seen(other: list[float]) -> None:
    assert GoldenRows({}, np.array([0.1, 0.2])).differing(np.array(other))


def test_shuffled_rows_are_drawn_column_by_column_and_the_same_again() -> None:
    columns = {"a": np.arange(1000.0), "b": np.arange(1000.0)}
    drawn = shuffled_rows(columns, 16)
    assert len(drawn["a"]) == len(drawn["b"]) == 16
    assert not (drawn["a"] == drawn["b"]).any()
    assert drawn["a"].tolist() == shuffled_rows(columns, 16)["a"].tolist()


def test_parts_are_joined_row_by_row() -> None:
    one, two = {"a": np.array([1.0])}, {"a": np.array([2.0, 3.0])}
    assert joined(one, two)["a"].tolist() == [1.0, 2.0, 3.0]
