"""The declared false-alarm budget as a level of significance, and what each test takes of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import gammaincinv

from ml_platform.core.drift.cadence import Cadence
from ml_platform.core.drift.calibration import Calibration
from ml_platform.core.drift.hysteresis import lasting

_YEARS_WITHIN = 0.9


def alarm_level(false_alarms_per_year: float, cadence: Cadence) -> float:
    """The chance of an alarm that each partition may have when nothing drifts.

    As many alarms are to be expected as keep nine years of ten without drift within the budget:
    with as many as the budget, one year of three would exceed it. Partitions in alarm add up over
    a year whether or not they resemble one another, so that the number that is expected needs no
    independence; how it varies from year to year is taken for Poisson's.

    Source: the relation of Poisson's distribution and the incomplete gamma function, Johnson,
    Kemp and Kotz, "Univariate Discrete Distributions" (2005).

    >>> from ml_platform.core.drift.cadence import DAYS
    >>> round(alarm_level(2, DAYS) * DAYS.per_year, 2)
    1.1
    """
    expected = float(gammaincinv(false_alarms_per_year + 1, 1 - _YEARS_WITHIN))
    return min(expected, false_alarms_per_year, cadence.per_year) / cadence.per_year


def paid_tests(calibrations: Sequence[Calibration], level: float) -> float:
    """How many tests the budget is shared by, so that each gets ``level / tests``; at least 1.

    A test cannot raise more false alarms than values beyond its floor come by: one that the floor
    keeps silent takes hardly anything, and what it leaves goes to the others. One whose alarms
    last takes as much more.

    Args:
        calibrations: All that are judged on the same day; those without a calibration cost nothing.
        level: As `alarm_level` gives it.

    Source: Bonferroni's inequality over the true sizes of the tests, as Tarone, "A modified
    Bonferroni method for discrete data" (1990), does for tests that cannot reject at any level.
    """
    known = [each for each in calibrations if not each.why]
    sizes = np.array([each.size for each in known])
    costs = np.array([lasting(each.span) for each in known])
    order = np.argsort(sizes)
    sizes, costs = sizes[order], costs[order]
    spent = np.cumsum(costs * sizes) - costs * sizes
    shared_by = np.cumsum(costs[::-1])[::-1]
    # With the first k tests silenced by their floors, what is left is shared by the others.
    each_gets = (level - spent) / shared_by
    enough = np.flatnonzero(each_gets <= sizes)
    return max(level / float(each_gets[enough[0]]), 1.0) if len(enough) else 1.0


def threshold_alone(calibration: Calibration, tests: float, level: float) -> float:
    """What a column must exceed to raise an alarm while all others are still.

    Args:
        calibration: Of the column and statistic; NaN is given where there is none.
        tests: As `paid_tests` gives them, of all that are judged on the same day.
        level: As `alarm_level` gives it.
    """
    return float("nan") if calibration.why else calibration.value_at(level / tests)
