"""How days that follow one another resemble each other, and what that does to their mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEWEST_DAYS = 3
_MOST_CORRELATED = 0.9


def lag_one(deviation: NDArray[np.float64]) -> float:
    """Correlation of one day's deviation with the next one's, 0 to .9; 0 of too few days.

    Args:
        deviation: From the common mean, shape [days], in order of time.

    What short series understate is added.

    Source: Marriott and Pope, "Bias in the estimation of autocorrelations" (1954): with the mean
    estimated too, the expectation is less by (1 + 4 rho) / n.
    """
    total = float((deviation**2).sum())
    if len(deviation) < FEWEST_DAYS or not total:
        return 0.0
    seen = float((deviation[1:] * deviation[:-1]).sum()) / total
    return float(np.clip(seen + (1 + 4 * seen) / len(deviation), 0.0, _MOST_CORRELATED))


def variance_of_mean(days: int, correlation: float) -> float:
    """Variance of the mean of following days, as a multiple of one day's.

    Args:
        days: At least 1.
        correlation: As `lag_one` gives it.

    Source: Box, Jenkins and Reinsel, "Time Series Analysis", for an autoregression of order 1.

    >>> variance_of_mean(4, 0.0), variance_of_mean(2, 0.5)
    (0.25, 0.75)
    """
    lags = np.arange(1, days)
    return float(1 + 2 * ((1 - lags / days) * correlation**lags).sum()) / days
