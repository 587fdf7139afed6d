"""Between which limits a measure may lie, by its own past and a declared budget of alarms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

import numpy as np

from ml_platform.core.drift.cadence import CYCLES_NEEDED, Cadence
from ml_platform.core.quality_over_time.baseline import Baseline, baseline
from ml_platform.core.quality_over_time.measure import Measure
from ml_platform.core.quality_over_time.rhythm import looked_back


@dataclass(frozen=True, slots=True)
class Band:
    """The limits of one measure on one partition, in its own unit.

    Attributes:
        usual: Where it is expected.
        lower: Too little below it; minus infinity where only too much is wrong.
        upper: Too much above it.
        before: Past partitions that were looked at.
        phases: "weekdays" where it was held against the same weekday, empty otherwise.
    """

    usual: float
    lower: float
    upper: float
    before: int
    phases: str = ""

    def holds(self, value: float) -> bool:
        """Whether the value lies within the limits."""
        return self.lower <= value <= self.upper


def band(
    measure: Measure,
    past: Mapping[str, float],
    partition: str,
    rows: int,
    cadence: Cadence,
    chance: float,
    floor: float,
) -> Band:
    """The limits for a partition, learnt from those before it.

    Args:
        measure: What is measured.
        past: Values of at least two earlier partitions, ascending by key; of no others.
        partition: The one to be judged.
        rows: Its rows.
        cadence: How partitions are cut.
        chance: Of a false alarm on this partition by this measure.
        floor: The smallest change that matters: of a count the share of it, of a share the
            difference. Limits are never narrower.
    """
    recent = dict(list(past.items())[-looked_back(cadence) :])
    values = np.array([measure.even(value) for value in recent.values()])
    phases = np.array([cadence.phase(key) for key in recent], dtype=np.int64)
    found = baseline(values, phases, cadence.phase(partition), cadence.cycle, CYCLES_NEEDED)
    usual = measure.back(found.centre)
    reach = found.reach(chance / 2 if measure.both_sides else chance, measure.noise(rows))
    lower, upper = _limits(measure, found, reach, usual, floor)
    return Band(usual, lower, upper, len(recent), cadence.phases if found.by_phase else "")


def _limits(
    measure: Measure, found: Baseline, reach: float, usual: float, floor: float
) -> tuple[float, float]:
    least = measure.smallest_change(usual, floor)
    upper = max(measure.back(found.centre + reach), usual + least)
    if not measure.both_sides:
        return -inf, upper
    # A table that had rows and has none is never within its limits.
    lower = min(measure.back(found.centre - reach), usual - least)
    return (max(lower, 1.0) if usual >= 1 else -inf), upper
