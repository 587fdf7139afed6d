"""Calibrations of all windows of a model version: the longest one, and those within it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ml_platform.core.drift.cadence import Cadence
from ml_platform.core.drift.calibrate import Partition, calibrate
from ml_platform.core.drift.calibration import Calibration
from ml_platform.core.drift.window_lengths import window_lengths
from ml_platform.core.drift.window_size import FEWEST_ROWS, WindowSize, window_size
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.score_profile import SCORE


def reference_window(
    reference: Sequence[Partition],
    limits: DriftSpec,
    declared: int,
    cadence: Cadence,
    lengths: Mapping[str, int],
) -> WindowSize:
    """The longest window that a reference gives thresholds for, see `window_size`.

    Args:
        reference: Its partitions, oldest first.
        limits: ``monitoring.drift`` of the model.
        declared: Partitions of the declared window.
        cadence: Of the calendar.
        lengths: As for `calibrate`.
    """
    rows = [_rows(partition) for partition in reference]
    beside = max(lengths.values(), default=0)
    return window_size(rows, declared, limits.min_rows, cadence, beside)


def window_calibrations(
    reference: Sequence[Partition],
    limits: DriftSpec,
    size: WindowSize,
    lengths: Mapping[str, int],
) -> list[Calibration]:
    """Calibrations of the longest window and of shorter ones, down to the last partition.

    Shorter ones need the rows that are asked for. The longest one is all there is for a column
    with few rows, and makes do with what it holds.
    """
    found = []
    for span in window_lengths(size.partitions):
        longest = span == size.partitions
        fewest = FEWEST_ROWS if longest else None
        for each in calibrate(reference, limits, span, lengths, fewest):
            notes = (each.note, size.note if longest else "")
            note = "; ".join(note for note in notes if note)
            found.append(replace(each, declared=size.declared, note=note))
    return found


def window_partitions(calibrations: Sequence[Calibration], declared: int) -> int:
    """Partitions of the longest window that a version is judged by.

    The declared one, unless it was found at training to hold too few rows, and is still the one
    that is declared.

    Args:
        calibrations: Of the version.
        declared: Partitions of the window that is declared now.
    """
    return max((each.span for each in calibrations if each.declared == declared), default=declared)


def _rows(partition: Partition) -> int:
    _, profiles = partition
    return max((found.rows for column, found in profiles.items() if column != SCORE), default=0)
