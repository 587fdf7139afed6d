from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.column_kind import ColumnKind, column_kind
from ml_platform.core.errors import ConfigError
from ml_platform.core.extreme_rows import extreme_rows

INPUTS = st.dictionaries(
    st.sampled_from(["hour", "origin", "seen_at", "distance"]),
    st.sampled_from(["int", "double", "bool", "string", "timestamp"]),
    min_size=1,
)
EXTREMES = {ColumnKind.NUMBER: 7, ColumnKind.TEXT: 5, ColumnKind.TIME: 4}
TYPES = {ColumnKind.NUMBER: "float64", ColumnKind.TEXT: "object", ColumnKind.TIME: "datetime64[us]"}


def _missing(value: object) -> bool:
    # Only NaN and NaT differ from themselves.
    return value is None or value != value


@given(INPUTS)
def test_every_column_has_its_extremes_in_the_form_of_its_kind(inputs: dict[str, str]) -> None:
    rows = extreme_rows(inputs)

    kinds = {name: column_kind(dtype) for name, dtype in inputs.items()}
    expected = 1 + sum(EXTREMES[kind] for kind in kinds.values())
    assert {name: len(values) for name, values in rows.items()} == dict.fromkeys(inputs, expected)
    assert {name: values.dtype for name, values in rows.items()} == {
        name: np.dtype(TYPES[kind]) for name, kind in kinds.items()
    }


@given(INPUTS)
def test_everything_is_missing_first_and_then_one_column_at_a_time_is_extreme(
    inputs: dict[str, str],
) -> None:
    rows = extreme_rows(inputs)

    given = np.array([[not _missing(value) for value in values] for values in rows.values()])
    assert not given[:, 0].any()
    assert given.sum(axis=0).max() == 1


def test_enormous_infinite_and_unknown_values_are_among_them() -> None:
    rows = extreme_rows({"distance": "double", "origin": "string", "seen_at": "datetime64[us]"})

    assert {1e30, -1e30, np.inf, -np.inf} <= set(rows["distance"].tolist())
    assert {"", "no such value"} <= set(rows["origin"].tolist())
    assert np.datetime64("0001-01-01") in rows["seen_at"]


def test_a_type_that_no_model_takes_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"cannot take a column of type .map"):
        extreme_rows({"tags": "map<string,string>"})
