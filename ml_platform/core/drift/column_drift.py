"""One column, one statistic, one limit: moved, stayed, or too little to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import isnan

from ml_platform.core.drift.jensen_shannon import jensen_shannon
from ml_platform.core.drift.missing_rate import missing_rate
from ml_platform.core.drift.psi import psi
from ml_platform.core.drift.unseen_rate import unseen_rate
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile

Statistic = Callable[[ColumnProfile, ColumnProfile], float]


@dataclass(frozen=True, slots=True)
class ColumnDrift:
    """What one statistic says of one column.

    Attributes:
        column: The column.
        statistic: ``psi``, ``missing_rate`` or ``unseen_rate``.
        value: The statistic, NaN when not evaluated.
        threshold: Drifted above it.
        drifted: None when there were too few rows on either side to say.
        rows: Rows of the analysis that the statistic used.
        distance: Jensen-Shannon distance 0..1 of the column, for ranking and pictures.
    """

    column: str
    statistic: str
    value: float
    threshold: float
    drifted: bool | None
    rows: int
    distance: float


def column_drifts(
    reference: ColumnProfile, analysis: ColumnProfile, limits: DriftSpec
) -> Iterator[ColumnDrift]:
    """Every statistic of one column; those with fewer than ``min_rows`` are not evaluated."""
    values = reference.values, analysis.values
    rows = reference.rows, analysis.rows
    statistics: tuple[tuple[str, Statistic, float, tuple[int, int]], ...] = (
        ("psi", psi, limits.psi, values),
        ("missing_rate", missing_rate, limits.missing, rows),
        ("unseen_rate", unseen_rate, limits.unseen, values),
    )
    distance = jensen_shannon(reference, analysis)
    for name, statistic, limit, used in statistics:
        enough = min(used) >= max(limits.min_rows, 1)
        value = statistic(reference, analysis) if enough else float("nan")
        drifted = None if isnan(value) else value > limit
        yield ColumnDrift(analysis.column, name, value, limit, drifted, used[1], distance)
