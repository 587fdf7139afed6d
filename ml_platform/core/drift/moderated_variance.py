"""Variances that borrow strength from their neighbours.

A column's own spread between a handful of windows is known badly; that of all columns together
is known well. Where columns are alike they share one spread, where they are not each keeps its
own: the data say which.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

Array = NDArray[np.float64]

_NEWTON_STEPS = 30


@dataclass(frozen=True, slots=True)
class VariancePrior:
    """What is known of a variance before its own data: a scaled inverse chi-square.

    Attributes:
        variance: Its centre.
        freedom: How many degrees of freedom it is worth: those of all columns together where
            they agree, 0 where nothing is shared.
    """

    variance: float
    freedom: float

    def moderate(self, variance: float, freedom: float) -> tuple[float, float]:
        """The variance drawn towards the centre, and its degrees of freedom.

        >>> VariancePrior(1.0, 4.0).moderate(4.0, 8.0)
        (3.0, 12.0)
        """
        both = self.freedom + freedom
        return (self.freedom * self.variance + freedom * variance) / both, both


def variance_prior(variances: Array, freedoms: Array) -> VariancePrior:
    """Estimate the prior that a family of variances has in common.

    Args:
        variances: Shape [k], positive.
        freedoms: Shape [k], the degrees of freedom of each, positive.

    Of fewer than three nothing is learnt: the prior is then worth nothing. It is never worth more
    than the variances that it was estimated from, even where they differ by no more than chance.

    Source: Smyth, "Linear models and empirical Bayes methods for assessing differential
    expression" (2004), section 6.2.
    """
    if len(variances) < 3:
        return VariancePrior(1.0, 0.0)
    logs = np.log(variances) - digamma(freedoms / 2) + np.log(freedoms / 2)
    excess = float(logs.var(ddof=1) - polygamma(1, freedoms / 2).mean())
    most = float(freedoms.sum())
    if excess <= 0:
        return VariancePrior(exp(float(logs.mean())), most)
    half = _inverse_trigamma(excess)
    centre = exp(float(logs.mean()) + float(digamma(half)) - log(half))
    return VariancePrior(centre, min(2 * half, most))


def _inverse_trigamma(value: float) -> float:
    """Newton's method on 1 / trigamma, which is nearly a straight line (ibid., appendix)."""
    found = 0.5 + 1 / value
    for _ in range(_NEWTON_STEPS):
        here = float(polygamma(1, found))
        found += here * (1 - here / value) / float(polygamma(2, found))
    return found
