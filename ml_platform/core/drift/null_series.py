"""What each statistic of each column does between the reference's own partitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.drift.cadence import CYCLES_NEEDED, Cadence, cadence_of
from ml_platform.core.drift.calibration import Calibration
from ml_platform.core.drift.measured import rows_used, suited
from ml_platform.core.drift.statistics import Statistic
from ml_platform.core.drift.stretches import Stretches
from ml_platform.core.drift.window_size import partitions_missing, partitions_needed
from ml_platform.core.edges import Kind
from ml_platform.core.figures import counted, short
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile

MOST_MARGIN = 7
"""Partitions on each side of a window that are left out with it. Neighbours resemble it more than
those of a year's other months will; less than this where the reference is short."""
_LEAN = 0.8
"""A window is judged with so much of the rows that all but a tenth of the reference's hold."""


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
    fewest: int | None = None,
) -> Iterator[NullSeries]:
    """One per statistic that needs a calibration.

    Args:
        column: Its name.
        parts: Key and profile of each partition of the reference, oldest first.
        limits: ``monitoring.drift`` of the model.
        span: Partitions per window.
        length: Partitions of the reference that windows will be held against; 0 for these.
        fewest: Rows that are enough where windows hold no more; ``limits.min_rows`` unless told.

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
        held = [rows_used(statistic, *pair) for pair in pairs]
        if length:
            held.append(rows_used(statistic, stretches.at(slice(-length, None))))
        needed = _needed(held, limits.min_rows, fewest)
        values = np.array([_value(statistic, pair, needed) for pair in pairs])
        known = np.isfinite(values)
        # As many partitions as have a value, and those that the first window began with.
        used = int(known.sum()) + (length + span - 1 if known.any() else 0)
        floor = limits.floor_of(statistic.name)
        draft = Calibration(column, statistic.name, span, floor, used, min_rows=needed)
        rows = [rows_used(statistic, profile) for _, profile in parts]
        draft = replace(draft, why=_missing(draft, rows, length, cadence.cycle if fewest else 0))
        cycle = cadence.cycle if cadence.unbalanced(span) else 1
        if cycle > 1 and not _told_apart(cycle, last[known]):
            draft, cycle = _noted(draft, cadence), 1
        series = np.array([draft.scaled(value) for value in values[known].tolist()])
        yield NullSeries(stretches.like.kind, draft, series, last[known], cycle)


def _margin(partitions: int, span: int) -> int:
    return min(MOST_MARGIN, (partitions - span) // 4)


def _value(statistic: Statistic, pair: tuple[ColumnProfile, ColumnProfile], min_rows: int) -> float:
    return statistic.measure(*pair) if rows_used(statistic, *pair) >= min_rows else float("nan")


def _needed(held: Sequence[int], min_rows: int, fewest: int | None) -> int:
    """The rows that both sides need: those asked for, or what a lean one of the windows holds."""
    if fewest is None:
        return max(min_rows, 1)
    lean = int(_LEAN * np.quantile(held, 0.1)) if held else 0
    return max(min(lean, min_rows), min(fewest, min_rows), 1)


def _missing(draft: Calibration, rows: Sequence[int], length: int, cycle: int) -> str:
    """What keeps from calibrating; nothing when there are partitions enough.

    Args:
        draft: With the partitions that were used, and the rows that a window needs.
        rows: Of each partition.
        length: As for `null_series`.
        cycle: Partitions that the window may grow by; 0 for one that does not grow.
    """
    needed = partitions_needed(draft.span, length)
    if draft.partitions >= needed:
        return ""
    least = draft.min_rows or 1
    why = (
        f"{draft.partitions} of the {needed} partitions needed to calibrate windows of "
        f"{counted(least, 'row')}"
    )
    more = needed - draft.partitions if draft.partitions else 0
    if cycle:
        more = max(more, partitions_missing(rows, draft.span, least, cycle, length))
    rate = short(sum(rows) / len(rows))
    return f"{why}: {counted(more, 'more partition')} at about {rate} rows each" if more else why


def _noted(draft: Calibration, cadence: Cadence) -> Calibration:
    needed = CYCLES_NEEDED * cadence.cycle
    return replace(draft, note=f"{cadence.phases} not told apart, which takes {needed} partitions")


def _told_apart(cycle: int, phases: NDArray[np.int64]) -> bool:
    return len(phases) >= CYCLES_NEEDED * cycle and len(np.unique(phases)) == cycle
