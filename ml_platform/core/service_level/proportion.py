"""A share with how sure one may be of it."""

from __future__ import annotations

from scipy.special import betaincinv

from ml_platform.core.performance.interval import Interval


def exact_interval(hits: float, trials: float, confidence: float = 0.95) -> Interval:
    """Return the share of hits with its interval by Clopper and Pearson (1934).

    It covers the true share at least as often as it says, whatever the share, if trials are
    independent. Those of an outage are not: they fail together, so the interval is too narrow
    then.

    Args:
        hits: 0 to `trials`.
        trials: above 0.
        confidence: of both sides together.

    >>> exact_interval(1, 2)
    Interval(low=0.012579117093425..., value=0.5, high=0.987420882906574...)
    """
    tail = (1 - confidence) / 2
    low = betaincinv(hits, trials - hits + 1, tail) if hits else 0.0
    high = betaincinv(hits + 1, trials - hits, 1 - tail) if hits < trials else 1.0
    return Interval(float(low), hits / trials, float(high))
