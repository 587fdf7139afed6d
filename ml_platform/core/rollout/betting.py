"""A sequential test of a bounded mean: how much a fair game against the limit has won.

H0: each value lies between 0 and 1 and has, given all before it, an expectation of at most `limit`.
Who stakes the share `bet` of the capital on each value has

    capital = product of (1 + bet * (value - limit)),

which under H0 is expected not to grow, whatever came before. By Ville's inequality the capital
reaches 1 / alpha with a probability of at most alpha, ever: one may look after each value, or now
and then, and stop at any time. The mean of several such games is one, too.

The bets are fixed shares, from cautious to bold, with equal starting capital. So nothing depends
on when somebody looked, nor on the order of the values: counts are enough, and a replay gives the
same capital.

Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting",
Journal of the Royal Statistical Society B 86 (2024): the capital process, Ville's inequality, and
the average over bets (diversified Kelly betting). The share that grows fastest is Kelly's.
"""

from __future__ import annotations

from math import inf, log
from typing import Final

import numpy as np
from scipy.special import logsumexp

from ml_platform.core.rollout.value_counts import FloatArray, ValueCounts

# Of what may be staked at most, 1 / limit. A bet grows about as fast as the best one within a
# factor of two around it, so steps of three leave no true mean without a good bet.
STAKES: Final[FloatArray] = 0.9 * 3.0 ** -np.arange(8.0)


def log_capital(counts: ValueCounts, limit: float) -> float:
    """Natural logarithm of the capital won against "the mean is at most the limit".

    Args:
        counts: the values seen so far.
        limit: from 0 to 1. Against 0 the first positive value wins without bound.

    >>> round(log_capital(ValueCounts.of_share(0, 100), 0.01), 2) < 0
    True
    >>> log_capital(ValueCounts.of_share(20, 100), 0.01) > log(100)
    True
    """
    if limit == 0:
        return inf if counts.mean > 0 else 0.0
    gains = np.log1p(STAKES[:, None] / limit * (counts.values - limit))
    return float(logsumexp(gains @ counts.counts) - log(len(STAKES)))


def refutes(log_capital: float, alpha: float) -> bool:
    """Say whether a capital is enough to reject at level alpha."""
    return log_capital >= -log(alpha)
