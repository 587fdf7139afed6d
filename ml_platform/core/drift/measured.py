"""The statistics of one window against the reference, measured but not yet judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isnan, nan
from types import MappingProxyType

from ml_platform.core.drift.statistics import STATISTICS, Statistic
from ml_platform.core.figures import counted
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.score_profile import SCORE

# A score is never missing, and lies in [0, 1].
_NOT_OF_SCORES = frozenset({"missing_rate", "unseen_rate", "range_novelty"})
_NONE: Mapping[tuple[str, str], int] = MappingProxyType({})


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


def rows_used(statistic: Statistic, *sides: ColumnProfile) -> int:
    """How many rows a statistic can use, of the side that has fewest of them."""
    return min(side.rows if statistic.of_rows else side.values for side in sides)


def measure(
    reference: Mapping[str, ColumnProfile],
    analysis: Mapping[str, ColumnProfile],
    span: int,
    limits: DriftSpec,
    fewest: Mapping[tuple[str, str], int] = _NONE,
) -> Iterator[Measured]:
    """Every suited statistic of every column of the reference, in an order that never changes.

    Args:
        reference: One profile per column.
        analysis: The window's, in the same bins; a column without one counts as having no rows,
            one that the reference lacks is ignored.
        span: Partitions of the window.
        limits: ``monitoring.drift`` of the model.
        fewest: By column and statistic, the rows that both sides need, where they were calibrated
            for other than ``limits.min_rows``.

    Raises:
        ProfileError: A column was counted in different bins on the two sides.
    """
    for column, expected in reference.items():
        found = analysis.get(column) or ColumnProfile.of_no_rows(expected)
        for statistic in suited(expected, limits):
            rows = rows_used(statistic, found)
            needed = fewest.get((column, statistic.name), limits.min_rows)
            if rows_used(statistic, expected, found) >= needed:
                value = statistic.measure(expected, found)
                why = f"no {statistic.title} can be computed" if isnan(value) else ""
            else:
                value, why = nan, _few(rows, needed)
            yield Measured(column, statistic.name, span, value, rows, why)


def _few(rows: int, min_rows: int) -> str:
    return f"{counted(rows, 'row')}; both sides need {counted(min_rows, 'row')}"
