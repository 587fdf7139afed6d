"""The upper tail of standardised values, told as that of a normal distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

# The straight line goes through these two quantiles: far enough up to be the tail, not so far that
# it hangs on the greatest value alone.
LOWER, UPPER = 0.7, 0.98


@dataclass(frozen=True, slots=True)
class UpperTail:
    """The normal distribution that has the tail: its mean and standard deviation."""

    shift: float = 0.0
    stretch: float = 1.0


def upper_tail(values: NDArray[np.float64]) -> UpperTail:
    """Fit a straight line to the upper end of the normal probability plot of some values.

    The absolute value of a difference, or the greatest of many, has a longer upper tail than its
    mean and variance say. The slope of the plot where it rises is what a quantile further up
    follows. A tail that is shorter than a normal one is taken for a normal one.

    Args:
        values: Shape [n], of mean 0 and variance 1.

    Source: Wilk and Gnanadesikan, "Probability plotting methods for the analysis of data" (1968).

    >>> upper_tail(np.array([]))
    UpperTail(shift=0.0, stretch=1.0)
    """
    if not len(values):
        return UpperTail()
    low, high = np.quantile(values, (LOWER, UPPER)).tolist()
    at_low, at_high = float(ndtri(LOWER)), float(ndtri(UPPER))
    stretch = (high - low) / (at_high - at_low)
    return UpperTail(low - stretch * at_low, stretch) if stretch > 1 else UpperTail()
