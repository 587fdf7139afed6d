"""Many columns, one alarm: p-values adjusted for how many were looked at."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def adjusted(p_values: Array, tests: float) -> Array:
    """Benjamini-Hochberg adjusted p-values, shape [m] as given; NaN stays NaN and does not count.

    Rejecting all at or below a level keeps the expected share of false ones among them below it;
    where nothing drifts, the chance of any at all is below it, too.

    Args:
        p_values: Shape [m].
        tests: How many tests they are worth (see `paid_tests`); m, or fewer.

    Source: Benjamini and Hochberg, "Controlling the false discovery rate" (1995); valid under
    positive dependence by Benjamini and Yekutieli (2001).

    >>> adjusted(np.array([0.01, 0.04, 0.03, 0.5]), 4).round(3).tolist()
    [0.04, 0.053, 0.053, 0.5]
    """
    result = np.full(len(p_values), np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known])]
    ranks = np.arange(1, len(order) + 1)
    scaled = p_values[order] * np.maximum(tests / ranks, 1.0)
    result[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return result


def rejection_level(adjusted_p_values: Array, level: float, tests: float) -> float:
    """The p-value up to which `adjusted` stays at or below a level, for these hypotheses.

    What one hypothesis alone would have to reach when nothing is rejected.
    """
    known = adjusted_p_values[~np.isnan(adjusted_p_values)]
    rejected = max(int((known <= level).sum()), 1)
    return level * min(rejected / tests, 1.0)
