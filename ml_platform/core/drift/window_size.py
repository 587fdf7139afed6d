"""How many partitions the longest window has: as many as hold the rows that are asked for.

A week of a table with 24 rows a day holds 168 of them. Its windows grow, by whole cycles so that
weekdays stay balanced, until they hold `min_rows`; but no longer than the reference can calibrate,
which takes several windows apart. Where that is too short, fewer rows are enough: thresholds are
calibrated on the reference's own windows of the same size, and few rows make them wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np

from ml_platform.core.drift.cadence import Cadence
from ml_platform.core.figures import counted, short
from ml_platform.core.window_growth import MOST_GROWTH

WINDOWS_TO_GROW = 6
"""Windows that a reference holds apart, at least, for them to grow. With three, the spread is known
so badly that hardly anything is found: of 24 rows a day a shift by a standard deviation within
17 to 21 days in place of 7, by half of one never."""
FEWEST_ROWS = 50
"""Rows of each side below which nothing is judged, however thresholds are calibrated."""
FEWEST_PARTITIONS = 14
FEWEST_WINDOWS = 3


@dataclass(frozen=True, slots=True)
class WindowSize:
    """The longest window of a model version.

    Attributes:
        partitions: How many it has.
        declared: How many were declared.
        min_rows: Rows that were asked for.
        rows: Rows that all but a tenth of such windows hold.
        rate: Rows of a partition, on average.
    """

    partitions: int
    declared: int
    min_rows: int
    rows: float
    rate: float

    @property
    def note(self) -> str:
        """How it differs from what was declared, and why; empty when it does not.

        >>> WindowSize(21, 7, 500, 504, 24.0).note
        'over 21 partitions instead of 7, at about 24 rows each'
        >>> WindowSize(7, 7, 500, 168, 24.0).note
        'with the 168 rows that windows hold instead of 500, at about 24 rows each'
        """
        notes = []
        if self.partitions > self.declared:
            notes.append(f"over {self.partitions} partitions instead of {self.declared}")
        if self.rows < self.min_rows:
            held = counted(int(self.rows), "row")
            notes.append(f"with the {held} that windows hold instead of {self.min_rows:,}")
        return f"{' '.join(notes)}, at about {short(self.rate)} rows each" if notes else ""


def window_size(
    rows: Sequence[int], declared: int, min_rows: int, cadence: Cadence, beside: int = 0
) -> WindowSize:
    """The shortest window from the declared one on that holds enough rows.

    Args:
        rows: Of each partition of the reference, oldest first.
        declared: Partitions of the declared window.
        min_rows: Rows that it should hold.
        cadence: Of the calendar; a window grows to whole cycles.
        beside: Partitions of the reference that calibrating a column takes besides its windows.

    >>> from ml_platform.core.drift.cadence import DAYS
    >>> [window_size([each] * 200, 7, 500, DAYS).partitions for each in (900, 48, 24, 1)]
    [7, 14, 21, 28]
    """
    longest = longest_window(len(rows) - beside, declared)
    sizes = [declared, *range(_next(declared, cadence.cycle), longest + 1, cadence.cycle)]
    enough = (size for size in sizes if _held(rows, size) >= min_rows)
    partitions = next(enough, sizes[-1])
    held, rate = _held(rows, partitions), sum(rows) / max(len(rows), 1)
    return WindowSize(partitions, declared, min_rows, held, rate)


def longest_window(partitions: int, declared: int) -> int:
    """Partitions that a window may grow to on a reference of so many; at least those declared."""
    return max(min(partitions // WINDOWS_TO_GROW, MOST_GROWTH * declared), declared)


def partitions_needed(window: int, beside: int) -> int:
    """Partitions of a reference that windows of so many can be calibrated on.

    Args:
        window: Partitions of a window.
        beside: As for `window_size`.
    """
    return max(FEWEST_PARTITIONS, FEWEST_WINDOWS * window) + beside


def partitions_missing(
    rows: Sequence[int], window: int, min_rows: int, cycle: int, beside: int
) -> int:
    """How many more partitions a reference needs until windows can be judged.

    Args:
        rows: Of each of its partitions.
        window: Partitions of a window at least.
        min_rows: Rows that it needs.
        cycle: Partitions that a window grows by.
        beside: As for `window_size`.

    Returns:
        0 where it has them, or where no window that is allowed will ever hold the rows.
    """
    rate = sum(rows) / max(len(rows), 1)
    if min_rows > MOST_GROWTH * window * rate:
        return 0
    if min_rows <= window * rate:
        return max(partitions_needed(window, beside) - len(rows), 0)
    grown = ceil(min_rows / rate / cycle) * cycle
    return max(WINDOWS_TO_GROW * grown + beside - len(rows), 0)


def _next(declared: int, cycle: int) -> int:
    """The first whole number of cycles beyond the declared window."""
    return (declared // cycle + 1) * cycle


def _held(rows: Sequence[int], size: int) -> float:
    """What all but a tenth of the windows of a size hold; the mean where none fits."""
    if len(rows) < size:
        return size * sum(rows) / max(len(rows), 1)
    return float(np.quantile(np.convolve(np.array(rows), np.ones(size), mode="valid"), 0.1))
