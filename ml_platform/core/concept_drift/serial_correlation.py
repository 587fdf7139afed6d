"""How days that follow one another resemble each other, and what that does to their mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEWEST_DAYS = 3
_MOST_CORRELATED = 0.9
_LEAST_SHARE = 0.5
"""Of the variance between days that is taken to be their own. Where chance is more of it, their own
part weighs little, and what seems to be its correlation is mostly noise."""


def lag_one(deviation: NDArray[np.float64], chance: float = 0.0) -> float:
    """Correlation of one day's own effect with the next one's, 0 to .9; 0 of too few days.

    Args:
        deviation: From the common mean, shape [days], in order of time.
        chance: Variance of a deviation by the chance of the day's rows alone, which no other day
            shares; the mean over days.

    What short series understate is added, and what chance hides.

    Source: Marriott and Pope, "Bias in the estimation of autocorrelations" (1954): with the mean
    estimated too, the expectation is less by (1 + 4 rho) / n. Spearman, "The proof and measurement
    of association between two things" (1904): noise in both of two values makes their correlation
    less, by the share that it has of their variance.
    """
    total = float((deviation**2).sum())
    if len(deviation) < FEWEST_DAYS or not total:
        return 0.0
    seen = float((deviation[1:] * deviation[:-1]).sum()) / total
    own = max(1 - len(deviation) * chance / total, _LEAST_SHARE)
    return float(np.clip((seen + (1 + 4 * seen) / len(deviation)) / own, 0.0, _MOST_CORRELATED))


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
