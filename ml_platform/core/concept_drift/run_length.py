"""How long a CUSUM runs between false alarms, and the bound that keeps a declared budget."""

from __future__ import annotations

from math import exp

from scipy.optimize import brentq

_OVERSHOOT = 1.166
"""Siegmund's correction: how far a normal random walk overshoots a bound, on both ends."""


def average_run_length(allowance: float, bound: float, shift: float = 0.0) -> float:
    """Observations until an upper CUSUM of standard normal values crosses its bound, on average.

    Args:
        allowance: What is taken off each value (k), above 0.
        bound: The alarm's bound (h), at least 0.
        shift: Mean of the values; 0 gives the run between false alarms.

    Source: Siegmund, "Sequential Analysis" (1985), equation 2.57; as in Montgomery,
    "Introduction to Statistical Quality Control", section 9.1. Within some 5% of the exact one.

    >>> round(average_run_length(allowance=0.5, bound=4.0)), round(average_run_length(0.5, 5.0))
    (338, 938)
    """
    width, drift = bound + _OVERSHOOT, shift - allowance
    if drift == 0:
        return width**2
    return (exp(-2 * drift * width) + 2 * drift * width - 1) / (2 * drift**2)


def decision_bound(allowance: float, run_length: float) -> float:
    """The bound (h) at which false alarms are so many observations apart; 0 if any bound does.

    >>> round(decision_bound(allowance=0.5, run_length=338), 1)
    4.0
    """

    def excess(bound: float) -> float:
        return average_run_length(allowance, bound) - run_length

    if excess(0.0) >= 0:
        return 0.0
    upper = 1.0
    while excess(upper) < 0:
        upper *= 2
    return float(brentq(excess, 0.0, upper))
