"""Each kind of column reaches the feature code in exactly one form."""

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.errors import UserError
from ml_platform.estimators.input_columns import SHORT, one_form


@pytest.mark.parametrize(
    "values",
    [
        np.array([1, 2], dtype=np.int32),
        np.array([1.0, 2.0], dtype=np.float32),
        [1, 2],
        np.array([1, 2], dtype=object),
        pd.array([1, 2], dtype="Int64"),
    ],
)
def test_numbers_become_float64(values: Any) -> None:
    made = one_form({"n": values}, {"n": "int64"})["n"]
    assert made.dtype == np.float64
    assert made.tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    "values",
    [[1, None], np.array([1, np.nan]), pd.array([1, None], dtype="Int64"), [True, None]],
)
def test_a_gap_among_numbers_is_nan(values: Any) -> None:
    made = one_form({"n": values}, {"n": "float64"})["n"]
    assert made[0] == 1.0
    assert np.isnan(made[1])


@pytest.mark.parametrize("gap", [None, np.nan, pd.NA, pd.NaT])
def test_a_gap_among_texts_is_none(gap: Any) -> None:
    made = one_form({"t": ["a", gap]}, {"t": "string"})["t"]
    assert made.tolist() == ["a", None]


@pytest.mark.parametrize(
    "value",
    ["2013-01-05T06:00:00", dt.datetime(2013, 1, 5, 6), np.datetime64("2013-01-05T06")],
)
def test_times_become_microseconds(value: Any) -> None:
    made = one_form({"at": [value, None]}, {"at": "timestamp"})["at"]
    assert made.dtype == np.dtype("datetime64[us]")
    assert made[0] == np.datetime64("2013-01-05T06:00:00")
    assert np.isnat(made[1])


@pytest.mark.parametrize("values", [["12"], ["12 min"], [1, "x"], [object()], [[1]]])
def test_what_is_no_number_is_refused_by_column(values: Any) -> None:
    with pytest.raises(UserError, match='column "n" is declared float64'):
        one_form({"n": np.array(values, dtype=object)}, {"n": "float64"})


def test_what_is_no_time_is_refused_by_column() -> None:
    with pytest.raises(UserError, match='column "at" is declared datetime64'):
        one_form({"at": ["noon"]}, {"at": "datetime64[us]"})


PLAIN = st.lists(st.one_of(st.none(), st.booleans(), st.integers(), st.floats()), min_size=1)


@given(PLAIN, st.integers(1, 3 * SHORT))
def test_a_request_of_any_length_has_the_form_that_its_values_have_in_a_batch(
    values: list[Any], rows: int
) -> None:
    column = (values * rows)[:rows]
    try:
        expected = [math.nan if value is None else float(value) for value in column]
    except OverflowError:
        with pytest.raises(UserError, match='column "a"'):
            one_form({"a": column, "b": column}, {"a": "float64", "b": "int64"})
        return
    formed = one_form({"a": column, "b": column}, {"a": "float64", "b": "int64"})
    for made in formed.values():
        assert made.dtype == np.float64
        assert np.array_equal(made, np.array(expected), equal_nan=True)
        assert made.flags.c_contiguous
