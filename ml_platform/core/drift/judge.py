"""Judge the last of some partitions: every column and statistic, alone and over the window.

Windows of several lengths are judged, from the last partition by itself, which shows a great
change at once, to the declared trailing window, which shows a small one that stays. They share one
false-alarm budget with all columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from math import nan

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.drift.budget import alarm_level, paid_tests
from ml_platform.core.drift.cadence import DAYS, Cadence
from ml_platform.core.drift.calibrate import Partition
from ml_platform.core.drift.calibration import Calibration
from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.gaps import gaps_said, without_gaps
from ml_platform.core.drift.hysteresis import LOOKBACK, alarms, clearing_level
from ml_platform.core.drift.measured import Measured, measure
from ml_platform.core.drift.multiplicity import adjusted, rejection_level
from ml_platform.core.drift.window_lengths import partitions_looked_at, window_lengths
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile, merge_all

_NO_CALIBRATION = "no thresholds for windows of this length; the next training makes them"

Array = NDArray[np.float64]
Profiles = Mapping[str, ColumnProfile]


@dataclass(frozen=True)
class Yardstick:
    """What windows are judged by.

    Attributes:
        reference: One profile per column.
        calibrations: By column, statistic and partitions per window.
        limits: ``monitoring.drift`` of the model.
        span: Partitions of the declared window.
        cadence: Of the calendar of partitions.
    """

    reference: Profiles
    calibrations: Mapping[tuple[str, str, int], Calibration]
    limits: DriftSpec
    span: int
    cadence: Cadence = DAYS

    @property
    def looked_at(self) -> int:
        """Partitions that a verdict depends on, see `partitions_looked_at`."""
        return partitions_looked_at(self.span, self.cadence)

    def tests(self, level: float) -> float:
        """How many tests share the budget, whichever of them can be judged on a day."""
        if level not in self._tests:
            self._tests[level] = paid_tests(list(self.calibrations.values()), level)
        return self._tests[level]

    def fewest_rows(self, span: int) -> dict[tuple[str, str], int]:
        """By column and statistic, the rows that windows of so many partitions need, if told."""
        return {
            (column, statistic): each.min_rows
            for (column, statistic, length), each in self.calibrations.items()
            if length == span and each.min_rows is not None
        }

    @cached_property
    def _tests(self) -> dict[float, float]:
        return {}


def yardstick(
    reference: Sequence[ColumnProfile],
    calibrations: Sequence[Calibration],
    limits: DriftSpec,
    span: int,
    cadence: Cadence = DAYS,
) -> Yardstick:
    """A yardstick from what tables hold."""
    known = {(c.column, c.statistic, c.span): c for c in calibrations}
    return Yardstick({p.column: p for p in reference}, known, limits, span, cadence)


def judge(by: Yardstick, recent: Sequence[Partition]) -> list[ColumnDrift]:
    """One entry per column, statistic and window.

    Args:
        by: The yardstick.
        recent: The last ``by.looked_at`` partitions, oldest first and without gaps; a partition
            that holds nothing has no profiles, and in windows the one a cycle before stands in
            for it. The last one is judged. At the very start of a table there are fewer.

    Raises:
        ProfileError: A column was counted in different bins than the reference's.
    """
    cadence = by.cadence
    level = alarm_level(by.limits.false_alarms_per_year, cadence)
    found, phase = list(_measured(by, recent, cadence)), cadence.phase(recent[-1][0])
    tests = by.tests(level)
    alone = _p_values(by, found, phase)
    family = adjusted(alone, tests)
    earlier = _earlier(by, recent, cadence, family, level)
    alarmed = alarms(np.array([*earlier, family]), level)
    raising, clearing = (
        rejection_level(family, each, tests) for each in (level, clearing_level(level))
    )
    lines, gaps = [], {span: gaps_said(recent, span, cadence) for span in window_lengths(by.span)}
    judged = zip(found, alarmed.tolist(), family.tolist(), alone.tolist(), strict=True)
    for each, alarm, q, p in judged:
        held = alarm and q > level
        line = _line(by, each, phase, clearing if held else raising, alarm, held, p)
        lines.append(_noted(line, gaps[each.span]))
    return lines


def window_profiles(recent: Sequence[Partition], span: int) -> Profiles:
    """The last `span` partitions as one profile per column."""
    parts = [profile for _, profiles in recent[-span:] for profile in profiles.values()]
    return {profile.column: profile for profile in merge_all(parts)}


def _measured(by: Yardstick, recent: Sequence[Partition], cadence: Cadence) -> Iterator[Measured]:
    """In the same order for every window, the declared window first."""
    filled = without_gaps(recent, cadence)
    for span in reversed(window_lengths(by.span)):
        # Alone, a partition that holds nothing is not judged by another one.
        window = window_profiles(recent if span == 1 else filled, span)
        for each in measure(by.reference, window, span, by.limits, by.fewest_rows(span)):
            # A declared threshold is about the declared window alone.
            if span == by.span or each.statistic not in by.limits.thresholds:
                yield each


def _earlier(
    by: Yardstick, recent: Sequence[Partition], cadence: Cadence, family: Array, level: float
) -> Iterator[Array]:
    """Adjusted p-values of the windows before, oldest first; none where they cannot matter."""
    open_question = (family > level) & (family <= clearing_level(level))
    if not open_question.any():
        return
    for back in range(min(LOOKBACK, len(recent) - 1), 0, -1):
        before = recent[:-back]
        found = list(_measured(by, before, cadence))
        yield adjusted(_p_values(by, found, cadence.phase(before[-1][0])), by.tests(level))


def _p_values(by: Yardstick, found: Sequence[Measured], phase: int) -> Array:
    """Shape [m]; NaN where there is no value, no calibration, or a declared threshold."""
    values = []
    for each in found:
        calibration = by.calibrations.get((each.column, each.statistic, each.span))
        if each.why or calibration is None or calibration.why:
            values.append(nan)
        else:
            values.append(calibration.p_value(each.value, phase))
    return np.array(values)


def _noted(line: ColumnDrift, gaps: str) -> ColumnDrift:
    if not gaps or line.span == 1:
        return line
    return replace(line, note="; ".join(note for note in (line.note, gaps) if note))


def _line(
    by: Yardstick,
    each: Measured,
    phase: int,
    least: float,
    alarm: bool,
    held: bool,
    p_value: float,
) -> ColumnDrift:
    """The verdict on a value: by the threshold that was declared for it, or by its calibration.

    Args:
        by: The yardstick.
        each: The value.
        phase: Place of the window's last partition in the cycle.
        least: What the p-value must not exceed among the others to be in alarm.
        alarm: Whether it is in alarm, by its calibration.
        held: Whether that was raised by an earlier window.
        p_value: Of the value alone.
    """
    line = partial(ColumnDrift, each.column, each.statistic, each.value, each.span, each.rows)
    declared = by.limits.thresholds.get(each.statistic)
    calibration = by.calibrations.get((each.column, each.statistic, each.span))
    if declared is None and calibration is not None and calibration.why:
        return line(why=calibration.why)
    if each.why:
        return line(why=each.why)
    if declared is not None:
        return line(threshold=declared, drifted=each.value > declared, declared=True)
    if calibration is None:
        return line(why=_NO_CALIBRATION)
    return line(
        threshold=calibration.value_at(least, phase),
        drifted=alarm,
        held=held,
        p_value=p_value,
        note=calibration.note,
    )
