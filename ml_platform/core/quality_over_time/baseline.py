"""Where a measure usually lies and how far it strays, told by its own past and hard to fool."""

from __future__ import annotations

from dataclasses import dataclass
from math import pi, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

Array = NDArray[np.float64]

_NORMAL = NormalDist()
_MAD_TO_SD = 1 / _NORMAL.inv_cdf(0.75)
# The tenth of days that strays farthest says how heavy the tails are.
_TAIL = 0.9
_TAIL_TO_SD = 1 / _NORMAL.inv_cdf((1 + _TAIL) / 2)
# Phases that do not differ come a few percent closer by chance.
_CLEARLY = 0.9
# What the median of absolute deviations makes of its data, against the standard deviation.
_EFFICIENCY = 0.37


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a series of past values says of the next one.

    Attributes:
        centre: Where it is expected.
        spread: Standard deviation of a value around it.
        of: Values that the centre was taken from.
        freedom: Degrees of freedom that the spread is worth.
        by_phase: The centre is that of the same phase of the cycle, such as the weekday.
    """

    centre: float
    spread: float
    of: int
    freedom: float
    by_phase: bool = False

    def reach(self, chance: float, noise: float) -> float:
        """How far from the centre a value lies with this chance, on one side.

        Student's t, since the spread is known from few values; widened because the centre, a
        median, is known from few as well. A spread below the noise of counting is not believed.
        """
        known = sqrt(1 + pi / (2 * self.of))
        return float(-stdtrit(self.freedom, chance)) * max(self.spread, noise) * known


def baseline(
    past: Array, phases: NDArray[np.int64], phase: int, cycle: int, pairs: int
) -> Baseline:
    """Learn from past values, leaving each out in turn.

    The centre is the median. The spread is the greater of two estimates from the distances of
    each value to the median of the others: their median, and their 90% quantile. Up to half of
    the values may be wrong without moving the first; the second keeps it from being too small
    where a few days in ten, such as Saturdays, always stray.

    Args:
        past: Shape [n], at least two values.
        phases: Shape [n], place of each in its cycle.
        phase: That of the value to come.
        cycle: Number of phases, 1 for none.
        pairs: Compare with the same phase only from so many whole cycles on, and only where it
            comes clearly closer to the past values than the common median does.

    Source: Rousseeuw and Croux, "Alternatives to the median absolute deviation" (1993), for the
    median of distances, its factor and efficiency; Croux and Rousseeuw, "Time-efficient
    algorithms for two highly robust estimators of scale" (1992), for small samples.
    """
    common, freedom = _left_out(past), max(_EFFICIENCY * (len(past) - 1), 1.0)
    same = past[phases == phase]
    # A table that has no Sundays has nothing to compare its first one with.
    if cycle > 1 and len(past) >= pairs * cycle and len(same) >= pairs / 2:
        paired = np.empty_like(past)
        for each in range(cycle):
            paired[phases == each] = _left_out(past[phases == each])
        if np.abs(paired).mean() < _CLEARLY * np.abs(common).mean():
            return Baseline(float(np.median(same)), _spread(paired), len(same), freedom, True)
    return Baseline(float(np.median(past)), _spread(common), len(past), freedom)


def _left_out(values: Array) -> Array:
    """Distance of each value to the median of all others; the lone value has none to speak of."""
    others = len(values) - 1
    if others < 1:
        return np.zeros(len(values))
    order = np.argsort(values, kind="stable")
    rank = np.empty(len(values), dtype=np.intp)
    rank[order] = np.arange(len(values))
    low, high = (others - 1) // 2, others // 2
    ranked = values[order]
    medians = (ranked[low + (rank <= low)] + ranked[high + (rank <= high)]) / 2
    distances: Array = values - medians
    return distances


def _spread(distances: Array) -> float:
    size, n = np.abs(distances), len(distances)
    middle = float(np.median(size)) * _MAD_TO_SD
    tail = float(np.quantile(size, _TAIL)) * _TAIL_TO_SD
    return max(middle, tail) * n / (n - 0.8)
