"""Rows no training set holds: all missing, enormous numbers, unknown categories, far times."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.column_kind import ColumnKind, column_kind

_EXTREMES: Mapping[ColumnKind, tuple[Any, ...]] = {
    ColumnKind.NUMBER: (np.nan, 0.0, -1.0, 1e30, -1e30, np.inf, -np.inf),
    ColumnKind.TEXT: (None, "", "no such value", "\u00e4\u6f22", "x" * 10_000),
    ColumnKind.TIME: tuple(
        np.datetime64(day, "us") for day in ("NaT", "0001-01-01", "1970-01-01", "9999-12-31")
    ),
}
# The form in which the preprocessing function takes each kind: type, and what is missing.
_FORMS: Mapping[ColumnKind, tuple[Any, Any]] = {
    ColumnKind.NUMBER: (np.float64, np.nan),
    ColumnKind.TEXT: (object, None),
    ColumnKind.TIME: ("datetime64[us]", np.datetime64("NaT", "us")),
}


def extreme_rows(inputs: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """One row in which everything is missing, then one row per column and extreme value.

    Args:
        inputs: the model's input columns with their types.

    Returns:
        columns of equal length, as the preprocessing function takes them.

    Raises:
        ConfigError: a model cannot take a column of that type.

    >>> len(extreme_rows({"hour": "int", "origin": "string"})["hour"])
    13
    """
    cases: list[tuple[str | None, Any]] = [(None, None)]
    for name, dtype in inputs.items():
        cases += [(name, value) for value in _EXTREMES[column_kind(dtype)]]
    return {name: _column(name, dtype, cases) for name, dtype in inputs.items()}


def _column(name: str, dtype: str, cases: list[tuple[str | None, Any]]) -> NDArray[Any]:
    form, missing = _FORMS[column_kind(dtype)]
    return np.array([value if of == name else missing for of, value in cases], dtype=form)
