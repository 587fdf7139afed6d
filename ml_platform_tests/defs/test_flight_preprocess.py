"""The request-time part: one matrix, whatever form the columns arrive in."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from ml_platform.core.extreme_rows import extreme_rows
from ml_platform.defs.models.flight_delay.preprocess import (
    CARRIERS,
    FEATURES,
    INPUTS,
    VOCABULARIES,
    encode,
    minute_of_day,
    transform,
)
from ml_platform_tests.defs.flights_of_test import Tables, rows

STRINGS = [name for name, kind in INPUTS.items() if kind == "string"]
NUMBERS = [name for name, kind in INPUTS.items() if kind != "string"]

texts = st.none() | st.sampled_from(["UA", "JFK", "ATL", "", "??", "\u00e4\u6f22", "UA "])
numbers = st.none() | st.floats() | st.integers(-(2**40), 2**40)
any_row = st.fixed_dictionaries(
    {name: texts for name in STRINGS} | {name: numbers for name in NUMBERS}
)


def columns(found: list[dict[str, object]]) -> dict[str, np.ndarray]:
    """Columns of objects, as they come from requests."""
    return {name: np.array([row[name] for row in found], dtype=object) for name in INPUTS}


@given(st.lists(any_row, min_size=1, max_size=5))
def test_any_rows_give_a_float32_matrix_without_infinities(rows: list[dict[str, object]]) -> None:
    matrix = transform(columns(rows))
    assert matrix.shape == (len(rows), len(FEATURES))
    assert matrix.dtype == np.float32
    assert not np.isinf(matrix).any()


@given(st.lists(any_row, min_size=2, max_size=5))
def test_a_row_gets_the_same_features_alone_as_among_others(rows: list[dict[str, object]]) -> None:
    together = transform(columns(rows))
    alone = np.concatenate([transform(columns([row])) for row in rows])
    assert_array_equal(together, alone)


def test_none_and_nan_are_the_same_missing_number() -> None:
    row: dict[str, object] = {name: "UA" for name in STRINGS} | {name: 900 for name in NUMBERS}
    as_none, as_nan = columns([row | {"temp": None}]), columns([row | {"temp": math.nan}])
    assert_array_equal(transform(as_none), transform(as_nan))


def test_extreme_rows_are_scored_like_any_other() -> None:
    assert not np.isinf(transform(extreme_rows(INPUTS))).any()


def test_an_absent_column_is_named() -> None:
    with pytest.raises(KeyError, match="carrier"):
        transform({})


@pytest.mark.parametrize("vocabulary", VOCABULARIES.values(), ids=VOCABULARIES)
def test_vocabularies_are_sorted_and_every_word_has_its_place(vocabulary: tuple[str, ...]) -> None:
    assert list(vocabulary) == sorted(set(vocabulary))
    codes = encode(np.array(vocabulary), vocabulary)
    assert_array_equal(codes, np.arange(len(vocabulary)))


def test_a_stranger_and_a_missing_category_differ() -> None:
    codes = encode(np.array(["UA", "Q7", None, "ZZZ"], dtype=object), CARRIERS)
    assert_array_equal(codes, [CARRIERS.index("UA"), -1.0, np.nan, -1.0])


def test_a_minute_before_midnight_is_near_midnight() -> None:
    row: dict[str, object] = {name: None for name in INPUTS}
    matrix = transform(columns([row | {"sched_dep_time": 2359}, row | {"sched_dep_time": 0}]))
    of_day = [FEATURES.index(f"minute_of_day_{part}") for part in ("sin", "cos")]
    assert np.abs(matrix[0, of_day] - matrix[1, of_day]).max() < 0.01
    assert minute_of_day(np.array([2359.0])) == 1439


def test_a_time_that_no_clock_shows_is_missing() -> None:
    row: dict[str, object] = {name: None for name in INPUTS}
    matrix = transform(columns([row | {"sched_dep_time": 1275}, row | {"sched_dep_time": -5}]))
    assert np.isnan(matrix[:, FEATURES.index("minute_of_day")]).all()


def test_real_flights_are_known_to_the_vocabularies(tables: Tables) -> None:
    found = rows(tables.features("2013-03-05"))
    matrix = transform({name: found[name].to_numpy() for name in INPUTS})
    assert matrix.shape == (len(found), len(FEATURES))
    codes = matrix[:, [FEATURES.index(name) for name in ("carrier", "origin")]]
    assert (codes >= 0).all()
    assert (matrix[:, FEATURES.index("dest")] >= 0).mean() > 0.9
