"""One column, one statistic, one window: drifted, stayed, or too little to say."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """What one statistic says of one column.

    Attributes:
        column: The column.
        statistic: Its name, as in `STATISTICS`.
        value: The statistic, NaN when there are too few rows.
        span: Partitions of the window: those declared, or fewer.
        rows: Rows of the window that the statistic used.
        threshold: Drifted above it, on this day and among these columns; NaN when not evaluated.
        drifted: None when it could not be evaluated.
        p_value: Chance of such a value without drift; NaN where none is known.
        held: It was raised by an earlier window and is not cleared yet.
        declared: The threshold was declared, not calibrated.
        note: What a reader of the verdict should know; several things apart by "; ".
        why: Why it could not be evaluated; empty when it was.
    """

    column: str
    statistic: str
    value: float
    span: int
    rows: int
    threshold: float = nan
    drifted: bool | None = None
    p_value: float = nan
    held: bool = False
    declared: bool = False
    note: str = ""
    why: str = ""

    @property
    def excess(self) -> float:
        """How many times its threshold the value is; 0 when not evaluated."""
        if self.drifted is None:
            return 0.0
        return self.value / self.threshold if self.threshold > 0 else inf
