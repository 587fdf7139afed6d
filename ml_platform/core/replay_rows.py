"""Rows to replay through batch and endpoint: drawn from real columns, with gaps and extremes.

Only what a request can carry is among them: JSON has no word for infinity, and the endpoint takes
no longer text, and no greater whole number, than it says. Of real values, the others are missing
here: nobody can ask about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.column_kind import TEXT_LIMIT, ColumnKind, column_kind
from ml_platform.core.golden_rows import joined, shuffled_rows

Columns = Mapping[str, NDArray[Any]]

MISSING_SHARE = 0.03
EXTREME_SHARE = 0.02

GREATEST_WHOLE = 2.0**53
"""Beyond it not every whole number has a float64 of its own."""

_EDGE = float(np.finfo(np.float64).max)
_NUMBERS = (0.0, -0.0, -1.0, 1e30, -1e30, _EDGE, -_EDGE, 5e-324, float(np.finfo(np.float32).max))
_WHOLE = (0.0, -1.0, GREATEST_WHOLE, -GREATEST_WHOLE, 9999.0)
_NARROW = (0.0, 1.0)
_TEXTS = ("", " ", "no such value", "\u00e4\u6f22\U0001f6eb", '"', "\n", "x" * TEXT_LIMIT)
_TIMES = tuple(
    np.datetime64(moment, "us")
    for moment in ("0001-01-01", "1970-01-01", "9999-12-31T23:59:59.999999")
)


def replay_rows(
    columns: Columns, inputs: Mapping[str, str], count: int, seed: int = 0
) -> dict[str, NDArray[Any]]:
    """Make `count` rows or a few more, each value drawn on its own.

    First come a row in which all is missing and a row for each column and extreme value; of the
    others, `MISSING_SHARE` of the values is missing and `EXTREME_SHARE` extreme.

    Args:
        columns: real input columns in the form preprocessing takes, of equal length, not empty.
        inputs: the declared dtype of each.
        count: the least number of rows.
        seed: the same seed makes the same rows.

    >>> made = replay_rows({"hour": np.array([7.0])}, {"hour": "int"}, 100)
    >>> len(made["hour"]), made["hour"][:3].tolist()
    (100, [nan, 0.0, -1.0])
    """
    real = {name: _sendable(columns[name], dtype) for name, dtype in inputs.items()}
    one_by_one = _one_by_one(real, inputs)
    drawn = shuffled_rows(real, max(0, count - _length(one_by_one)), seed)
    draw = np.random.default_rng(seed + 1)
    mixed = {name: _mixed(drawn[name], dtype, draw) for name, dtype in inputs.items()}
    return joined(one_by_one, mixed)


def extremes_of(dtype: str) -> tuple[Any, ...]:
    """The values at the edges of what a request may hold for a column of this dtype.

    Raises:
        ConfigError: a model cannot take a column of that type.
    """
    kind, name = column_kind(dtype), dtype.lower()
    if kind is ColumnKind.NUMBER:
        if name.startswith(("float", "double")):
            return _NUMBERS
        return _WHOLE if name in ("int", "int64", "long") else _NARROW
    return _TEXTS if kind is ColumnKind.TEXT else _TIMES


def _sendable(values: NDArray[Any], dtype: str) -> NDArray[Any]:
    """The values that a request can carry; the others missing."""
    gone = ~_fits(values, dtype)
    held = values.copy()
    held[gone] = _all_missing(int(gone.sum()), values.dtype, dtype)
    return held


def _fits(values: NDArray[Any], dtype: str) -> NDArray[np.bool_]:
    kind, name = column_kind(dtype), dtype.lower()
    if kind is ColumnKind.TEXT:
        return np.array([value is not None and len(value) <= TEXT_LIMIT for value in values])
    if kind is ColumnKind.TIME:
        return np.asarray((values >= _TIMES[0]) & (values <= _TIMES[-1]))
    return np.asarray(
        np.abs(values) <= (_EDGE if name.startswith(("float", "double")) else GREATEST_WHOLE)
    )


def _one_by_one(columns: Columns, inputs: Mapping[str, str]) -> dict[str, NDArray[Any]]:
    cases: list[tuple[str | None, Any]] = [(None, None)]
    cases += [(name, value) for name, dtype in inputs.items() for value in extremes_of(dtype)]
    made = {}
    for name, dtype in inputs.items():
        values = _all_missing(len(cases), columns[name].dtype, dtype)
        for row, (of, value) in enumerate(cases):
            if of == name:
                values[row] = value
        made[name] = values
    return made


def _mixed(values: NDArray[Any], dtype: str, draw: np.random.Generator) -> NDArray[Any]:
    lot = draw.random(len(values))
    extremes = _as_array(extremes_of(dtype), values.dtype)
    mixed = values.copy()
    extreme = lot < EXTREME_SHARE
    mixed[extreme] = extremes[draw.integers(0, len(extremes), int(extreme.sum()))]
    gone = lot > 1 - MISSING_SHARE
    mixed[gone] = _all_missing(int(gone.sum()), values.dtype, dtype)
    return mixed


def _all_missing(count: int, form: np.dtype[Any], dtype: str) -> NDArray[Any]:
    kind = column_kind(dtype)
    if kind is ColumnKind.TEXT:
        return np.full(count, None, dtype=object)
    return np.full(count, np.nan if kind is ColumnKind.NUMBER else np.datetime64("NaT"), dtype=form)


def _as_array(values: tuple[Any, ...], form: np.dtype[Any]) -> NDArray[Any]:
    made = np.empty(len(values), dtype=form)
    made[:] = values
    return made


def _length(columns: Columns) -> int:
    return len(next(iter(columns.values())))
