"""Judge the last of some partitions: every column and statistic, alone and over the window.

Windows of several lengths are judged, from the last partition by itself, which shows a great
change at once, to the declared trailing window, which shows a small one that stays. They share one
false-alarm budget with all columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import nan

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.drift.budget import alarm_level, paid_tests
from ml_platform.core.drift.cadence import cadence_of
from ml_platform.core.drift.calibrate import Partition
from ml_platform.core.drift.calibration import Calibration
from ml_platform.core.drift.column_drift import ColumnDrift
from ml_platform.core.drift.hysteresis import LOOKBACK, alarms, clearing_level
from ml_platform.core.drift.measured import Measured, measure
from ml_platform.core.drift.multiplicity import adjusted, rejection_level
from ml_platform.core.drift.window_lengths import window_lengths
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
    """

    reference: Profiles
    calibrations: Mapping[tuple[str, str, int], Calibration]
    limits: DriftSpec
    span: int

    @property
    def looked_at(self) -> int:
        """Partitions that a verdict depends on: its window, and those of the days before."""
        return self.span + LOOKBACK

    def tests(self, level: float) -> float:
        """How many tests share the budget, whichever of them can be judged on a day."""
        if level not in self._tests:
            self._tests[level] = paid_tests(list(self.calibrations.values()), level)
        return self._tests[level]

    @cached_property
    def _tests(self) -> dict[float, float]:
        return {}


def yardstick(
    reference: Sequence[ColumnProfile],
    calibrations: Sequence[Calibration],
    limits: DriftSpec,
    span: int,
) -> Yardstick:
    """A yardstick from what tables hold."""
    known = {(c.column, c.statistic, c.span): c for c in calibrations}
    return Yardstick({p.column: p for p in reference}, known, limits, span)


def judge(by: Yardstick, recent: Sequence[Partition]) -> list[ColumnDrift]:
    """One entry per column, statistic and window.

    Args:
        by: The yardstick.
        recent: The last ``by.looked_at`` partitions, oldest first and without gaps; a partition
            that holds nothing has no profiles. The last one is judged. At the very start of a
            table there are fewer.

    Raises:
        ProfileError: A column was counted in different bins than the reference's.
    """
    cadence = cadence_of([key for key, _ in recent])
    level = alarm_level(by.limits.false_alarms_per_year, cadence)
    found, phase = list(_measured(by, recent)), cadence.phase(recent[-1][0])
    tests = by.tests(level)
    family = adjusted(_p_values(by, found, phase), tests)
    alarmed = alarms(np.array([*_earlier(by, recent, family, level), family]), level)
    raising, clearing = (
        rejection_level(family, each, tests) for each in (level, clearing_level(level))
    )
    lines = []
    for each, alarm, q in zip(found, alarmed.tolist(), family.tolist(), strict=True):
        held = alarm and q > level
        lines.append(_line(by, each, phase, clearing if held else raising, alarm, held))
    return lines


def window_profiles(recent: Sequence[Partition], span: int) -> Profiles:
    """The last `span` partitions as one profile per column."""
    parts = [profile for _, profiles in recent[-span:] for profile in profiles.values()]
    return {profile.column: profile for profile in merge_all(parts)}


def _measured(by: Yardstick, recent: Sequence[Partition]) -> Iterator[Measured]:
    """In the same order for every window, the declared window first."""
    for span in reversed(window_lengths(by.span)):
        window = window_profiles(recent, span)
        for each in measure(by.reference, window, span, by.limits):
            # A declared threshold is about the declared window alone.
            if span == by.span or each.statistic not in by.limits.thresholds:
                yield each


def _earlier(
    by: Yardstick, recent: Sequence[Partition], family: Array, level: float
) -> Iterator[Array]:
    """Adjusted p-values of the windows before, oldest first; none where they cannot matter."""
    open_question = (family > level) & (family <= clearing_level(level))
    if not open_question.any():
        return
    cadence = cadence_of([key for key, _ in recent])
    for back in range(min(LOOKBACK, len(recent) - 1), 0, -1):
        before = recent[:-back]
        found = list(_measured(by, before))
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


def _line(
    by: Yardstick, each: Measured, phase: int, p_value: float, alarm: bool, held: bool
) -> ColumnDrift:
    """The verdict on a value: by the threshold that was declared for it, or by its calibration."""
    line = ColumnDrift(each.column, each.statistic, each.value, each.span, each.rows)
    declared = by.limits.thresholds.get(each.statistic)
    calibration = by.calibrations.get((each.column, each.statistic, each.span))
    if each.why:
        return replace(line, why=each.why)
    if declared is not None:
        return replace(line, threshold=declared, drifted=each.value > declared, declared=True)
    if calibration is None or calibration.why:
        return replace(line, why=calibration.why if calibration else _NO_CALIBRATION)
    return replace(
        line,
        threshold=calibration.value_at(p_value, phase),
        drifted=alarm,
        held=held,
        p_value=calibration.p_value(each.value, phase),
        note=calibration.note,
    )
