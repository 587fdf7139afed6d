"""Rows with known scores that travel with a model: it must score them so wherever it is loaded.

A difference in the last bit tells of another build of the libraries, another processor path or
other feature code, before anybody is answered by it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.column_kind import ColumnKind, column_kind

Columns = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class GoldenRows:
    """Input columns, each in the one form of its kind, and the score of each row.

    Attributes:
        columns: by name; float64, object (text) or datetime64[us], of equal length.
        scores: float64, one per row.
    """

    columns: Columns
    scores: NDArray[np.float64]

    def to_json(self, inputs: Mapping[str, str]) -> dict[str, Any]:
        """The rows as plain JSON values; numbers as hexadecimal text, which is exact.

        Args:
            inputs: the declared dtype of each column.
        """
        return {
            "columns": {
                name: _written(self.columns[name], column_kind(dtype))
                for name, dtype in inputs.items()
            },
            "scores": _written(self.scores, ColumnKind.NUMBER),
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any], inputs: Mapping[str, str]) -> GoldenRows:
        """Read back what `to_json` made, bit for bit.

        >>> inputs = {"hour": "int", "origin": "string"}
        >>> columns = {"hour": np.array([7.0, np.nan]), "origin": np.array(["JFK", None])}
        >>> made = GoldenRows(columns, np.array([0.1, 0.2])).to_json(inputs)
        >>> GoldenRows.from_json(made, inputs).columns["hour"].tolist()
        [7.0, nan]
        """
        columns = {
            name: _read(said["columns"][name], column_kind(dtype)) for name, dtype in inputs.items()
        }
        return cls(columns, _read(said["scores"], ColumnKind.NUMBER))

    def differing(self, scores: NDArray[np.float64]) -> list[int]:
        """The rows that another scoring of them gave other bits.

        >>> rows = GoldenRows({}, np.array([0.1, 0.2]))
        >>> rows.differing(np.array([0.1, np.nextafter(0.2, 1)]))
        [1]
        """
        if scores.shape != self.scores.shape:
            return list(range(len(self.scores)))
        return np.flatnonzero(scores.view(np.int64) != self.scores.view(np.int64)).tolist()


def shuffled_rows(columns: Columns, count: int, seed: int = 0) -> dict[str, NDArray[Any]]:
    """Draw rows whose columns were each drawn on their own: nobody's real row among them.

    Args:
        columns: of equal length, at least one row.
        count: rows to draw, with replacement.
        seed: the same seed draws the same rows.
    """
    draw = np.random.default_rng(seed)
    return {name: values[draw.integers(0, len(values), count)] for name, values in columns.items()}


def joined(*parts: Columns) -> dict[str, NDArray[Any]]:
    """The rows of several parts, which have the same columns, one after the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _written(values: NDArray[Any], kind: ColumnKind) -> list[str | None]:
    if kind is ColumnKind.NUMBER:
        return [float(value).hex() for value in values.tolist()]
    if kind is ColumnKind.TIME:
        return [None if np.isnat(value) else str(value) for value in values]
    return [None if value is None else str(value) for value in values.tolist()]


def _read(said: Sequence[str | None], kind: ColumnKind) -> NDArray[Any]:
    if kind is ColumnKind.NUMBER:
        return np.array([float.fromhex(value) for value in said if value is not None])
    if kind is ColumnKind.TIME:
        return np.array([value or "NaT" for value in said], dtype="datetime64[us]")
    texts = np.empty(len(said), dtype=object)
    texts[:] = said
    return texts
