"""Rows told apart by the value of one column, such as flights by their origin."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ml_platform.core.column_values import Values, texts

MOST_VALUES = 20
OTHER = "(other)"
MISSING = "(missing)"
ALL_ROWS = ""
"""The segment of all rows together."""


@dataclass(frozen=True, slots=True)
class Segmentation:
    """The segments of one column, fixed on the reference so that profiles of all days add.

    Each value has a segment; further values share ``(other)``, rows without one ``(missing)``.

    Attributes:
        column: The column whose values tell rows apart.
        values: The values that have a segment of their own, most frequent first.
    """

    column: str
    values: tuple[str, ...]

    @property
    def segments(self) -> tuple[str, ...]:
        """Names of all segments: of each value, then of the others, then of rows without one.

        >>> Segmentation("origin", ("JFK",)).segments
        ('origin=JFK', 'origin=(other)', 'origin=(missing)')
        """
        return tuple(f"{self.column}={value}" for value in (*self.values, OTHER, MISSING))


def segmentation_of(column: str, values: Values, most: int = MOST_VALUES) -> Segmentation:
    """Segments for the most frequent values of a column.

    Args:
        column: The column's name.
        values: Shape [n], as `column_values` reads them.
        most: How many values get a segment of their own.
    """
    counts: Counter[str] = texts(values)[0]
    ranked = sorted(counts, key=lambda value: (-counts[value], value))
    return Segmentation(column, tuple(ranked[:most]))
