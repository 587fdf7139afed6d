"""An alarm that is raised at one level and cleared at a lower one, without memory of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

CLEARS_AT = 10.0
"""An alarm lasts while its adjusted p-value is below so many times the level that raised it."""

ORDINARY = 0.5
"""No alarm lasts at an adjusted p-value above it, however generous the budget."""

LOOKBACK = 7
"""How many earlier windows are asked whether they raised the alarm."""

# Windows in alarm, held ones included, by windows that raise one: counted on moving means of
# independent normal values at p about 3e-5, good to about .05. Longer ones count as the last.
_LENGTHS = (1, 3, 7, 14, 30)
_LASTING = (1.0, 1.17, 1.55, 1.83, 2.0)


def alarms(adjusted: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
    """Which hypotheses are in alarm after the last of some consecutive windows, shape [m].

    Args:
        adjusted: Adjusted p-values, shape [windows, m], oldest window first; NaN where a window
            could not be judged, which neither raises nor clears.
        level: Raises at or below it.

    The answer depends on these windows alone, so that judging a day again, alone or within a
    backfill, gives the same.
    """
    state = np.zeros(adjusted.shape[1], dtype=np.bool_)
    for window in adjusted:
        raised, cleared = window <= level, window > clearing_level(level)
        state = (state | raised) & ~cleared
    return state


def clearing_level(level: float) -> float:
    """The adjusted p-value above which an alarm is over that was raised at `level`.

    >>> clearing_level(0.005), clearing_level(0.1), clearing_level(0.7)
    (0.05, 0.5, 0.7)
    """
    return max(min(CLEARS_AT * level, ORDINARY), level)


def lasting(span: int) -> float:
    """How many windows are in alarm for each one that raises it, when nothing drifts.

    Trailing windows of several partitions share most of them, so that one that is near its
    threshold stays there for a while.

    >>> lasting(1), lasting(7)
    (1.0, 1.55)
    """
    return float(np.interp(np.log(span), np.log(_LENGTHS), _LASTING))
