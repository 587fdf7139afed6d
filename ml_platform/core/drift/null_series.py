"""What each statistic of each column does between the reference's own partitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.drift.cadence import CYCLES_NEEDED, Cadence, cadence_of
from ml_platform.core.drift.calibration import Calibration
from ml_platform.core.drift.measured import enough, suited
from ml_platform.core.drift.statistics import Statistic
from ml_platform.core.drift.stretches import Stretches
from ml_platform.core.edges import Kind
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile

FEWEST_PARTITIONS = 14
FEWEST_WINDOWS = 3
MOST_MARGIN = 7
"""Partitions on each side of a window that are left out with it. Neighbours resemble it more than
those of a year's other months will; less than this where the reference is short."""


@dataclass(frozen=True)
class NullSeries:
    """The values of one statistic of one column without drift.

    Attributes:
        kind: Of the column.
        draft: What is known of the calibration so far; with `why` when there are too few values.
        series: Shape [n], scaled as the calibration does, one per window in order of time.
        phases: Shape [n], the place of each window's last partition in the cycle.
        cycle: Length of the cycle; 1 where its phases cannot be told apart.
    """

    kind: Kind
    draft: Calibration
    series: NDArray[np.float64]
    phases: NDArray[np.int64]
    cycle: int


def null_series(
    column: str,
    parts: Sequence[tuple[str, ColumnProfile]],
    limits: DriftSpec,
    span: int,
    length: int,
) -> Iterator[NullSeries]:
    """One per statistic that needs a calibration.

    Args:
        column: Its name.
        parts: Key and profile of each partition of the reference, oldest first.
        limits: ``monitoring.drift`` of the model.
        span: Partitions per window.
        length: Partitions of the reference that windows will be held against; 0 for these.

    Raises:
        ProfileError: Partitions were counted in different bins.
    """
    stretches = Stretches([profile for _, profile in parts])
    keys = [key for key, _ in parts]
    cadence = cadence_of(keys)
    pairs = list(
        stretches.beside_those_before(span, length)
        if length
        else stretches.beside_the_rest(span, _margin(len(parts), span))
    )
    last = np.array([cadence.phase(key) for key in keys[length + span - 1 :]], dtype=np.int64)
    for statistic in suited(stretches.like, limits):
        if statistic.name in limits.thresholds:
            continue
        values = np.array([_value(statistic, pair, limits.min_rows) for pair in pairs])
        known = np.isfinite(values)
        # As many partitions as have a value, and those that the first window began with.
        used = int(known.sum()) + (length + span - 1 if known.any() else 0)
        draft = Calibration(column, statistic.name, span, limits.floor_of(statistic.name), used)
        draft = replace(draft, why=_missing(used, span, length, limits.min_rows))
        cycle = cadence.cycle if cadence.unbalanced(span) else 1
        if cycle > 1 and not _told_apart(cycle, last[known]):
            draft, cycle = _noted(draft, cadence), 1
        series = np.array([draft.scaled(value) for value in values[known].tolist()])
        yield NullSeries(stretches.like.kind, draft, series, last[known], cycle)


def _margin(partitions: int, span: int) -> int:
    return min(MOST_MARGIN, (partitions - span) // 4)


def _value(statistic: Statistic, pair: tuple[ColumnProfile, ColumnProfile], min_rows: int) -> float:
    return statistic.measure(*pair) if enough(statistic, *pair, min_rows) else float("nan")


def _missing(used: int, span: int, length: int, min_rows: int) -> str:
    """What keeps from calibrating; nothing when there are partitions enough."""
    needed = max(FEWEST_PARTITIONS, FEWEST_WINDOWS * span) + length
    if used >= needed:
        return ""
    return f"{used} of the {needed} partitions of {min_rows} rows needed to calibrate"


def _noted(draft: Calibration, cadence: Cadence) -> Calibration:
    needed = CYCLES_NEEDED * cadence.cycle
    return replace(draft, note=f"{cadence.phases} not told apart, which takes {needed} partitions")


def _told_apart(cycle: int, phases: NDArray[np.int64]) -> bool:
    return len(phases) >= CYCLES_NEEDED * cycle and len(np.unique(phases)) == cycle
