"""The cumulative sum of what exceeds chance: small shifts add up, single days do not."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

LARGEST = 3.0
"""One value counts for at most so many deviations: a single storm is no lasting change."""


def upper_cusum(standardised: ArrayLike, allowance: float, bound: float) -> NDArray[np.float64]:
    """The one-sided CUSUM after each value.

    It starts at 0, never falls below it, and is held at twice the bound, so that it clears within
    days once the cause is gone. That changes nothing before the first alarm.

    Args:
        standardised: Values with mean 0 and deviation 1 while nothing changes, oldest first,
            shape [n]; each counts as at most 3.
        allowance: What is taken off each value (k): half the shift to be found.
        bound: An alarm is a sum above it (h).

    Source: Page, "Continuous inspection schemes" (1954); the limit of one value follows Lucas
    and Crosier, "Robust CUSUM" (1982).

    >>> upper_cusum([0.0, 2.5, 2.5, -1.0], allowance=0.5, bound=4.0).tolist()
    [0.0, 2.0, 4.0, 2.5]
    """
    sums, total = [], 0.0
    for value in np.minimum(np.asarray(standardised, dtype=np.float64), LARGEST):
        total = min(max(0.0, total + float(value) - allowance), 2 * bound)
        sums.append(total)
    return np.asarray(sums, dtype=np.float64)
