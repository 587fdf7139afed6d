"""Rows no training set holds: all missing, enormous numbers, unknown categories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.column_kind import ColumnKind, column_kind

_NUMBERS = (np.nan, 0.0, -1.0, 1e30, -1e30, np.inf, -np.inf)
_TEXTS = (None, "", "no such value", "\u00e4\u6f22", "x" * 10_000)


def extreme_rows(inputs: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    """One row in which everything is missing, then one row per column and extreme value.

    Args:
        inputs: the model's input columns with their types.

    Returns:
        columns of equal length, as the preprocessing function takes them.

    >>> len(extreme_rows({"hour": "int", "origin": "string"})["hour"])
    13
    """
    cases: list[tuple[str | None, Any]] = [(None, None)]
    for name, dtype in inputs.items():
        values = _TEXTS if column_kind(dtype) is ColumnKind.TEXT else _NUMBERS
        cases += [(name, value) for value in values]
    return {name: _column(name, dtype, cases) for name, dtype in inputs.items()}


def _column(name: str, dtype: str, cases: list[tuple[str | None, Any]]) -> NDArray[Any]:
    text = column_kind(dtype) is ColumnKind.TEXT
    missing = None if text else np.nan
    values = [value if of == name else missing for of, value in cases]
    return np.array(values, dtype=object if text else np.float64)
