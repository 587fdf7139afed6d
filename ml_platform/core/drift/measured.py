"""The statistics of one window against the reference, measured but not yet judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan, nan

from ml_platform.core.drift.statistics import STATISTICS, Statistic
from ml_platform.core.figures import counted
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.score_profile import SCORE

# A score is never missing, and lies in [0, 1].
_NOT_OF_SCORES = frozenset({"missing_rate", "unseen_rate", "range_novelty"})


@dataclass(frozen=True, slots=True)
class Measured:
    """One statistic of one column over one window.

    Attributes:
        column: The column.
        statistic: Its name.
        span: Partitions of the window.
        value: NaN when there are too few rows.
        rows: Rows of the window that the statistic used.
        why: Why there is no value; empty when there is one.
    """

    column: str
    statistic: str
    span: int
    value: float
    rows: int
    why: str = ""


def suited(column: ColumnProfile, limits: DriftSpec) -> Iterator[Statistic]:
    """The declared statistics that suit a column, in the order of the declaration."""
    for name in limits.statistics:
        if column.kind in STATISTICS[name].kinds and not (
            column.column == SCORE and name in _NOT_OF_SCORES
        ):
            yield STATISTICS[name]


def enough(
    statistic: Statistic, reference: ColumnProfile, analysis: ColumnProfile, min_rows: int
) -> bool:
    """Whether both sides have the rows that a statistic needs."""
    sides = (reference, analysis)
    used = min(side.rows if statistic.of_rows else side.values for side in sides)
    return used >= max(min_rows, 1)


def measure(
    reference: Mapping[str, ColumnProfile],
    analysis: Mapping[str, ColumnProfile],
    span: int,
    limits: DriftSpec,
) -> Iterator[Measured]:
    """Every suited statistic of every column of the reference, in an order that never changes.

    Args:
        reference: One profile per column.
        analysis: The window's, in the same bins; a column without one counts as having no rows,
            one that the reference lacks is ignored.
        span: Partitions of the window.
        limits: ``monitoring.drift`` of the model.

    Raises:
        ProfileError: A column was counted in different bins on the two sides.
    """
    for column, expected in reference.items():
        found = analysis.get(column) or ColumnProfile.of_no_rows(expected)
        for statistic in suited(expected, limits):
            rows = found.rows if statistic.of_rows else found.values
            if enough(statistic, expected, found, limits.min_rows):
                value = statistic.measure(expected, found)
                why = f"no {statistic.title} can be computed" if isnan(value) else ""
            else:
                value, why = nan, _few(rows, limits.min_rows)
            yield Measured(column, statistic.name, span, value, rows, why)


def _few(rows: int, min_rows: int) -> str:
    return f"{counted(rows, 'row')}; both sides need {counted(min_rows, 'row')}"
