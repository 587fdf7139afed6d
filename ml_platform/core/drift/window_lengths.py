"""How many partitions the windows have that are judged besides the declared one."""

from __future__ import annotations

from ml_platform.core.drift.cadence import Cadence
from ml_platform.core.drift.hysteresis import LOOKBACK

_TIMES = 3


def window_lengths(declared: int) -> tuple[int, ...]:
    """One partition, thrice as many again and again, and the declared window, ascending.

    A change is found soonest by the window that is about as long as it takes to show: one
    partition shows a great change at once, the declared window a small one that stays, and those
    in between what lies in between. Windows that nearly equal the declared one are left out.

    Source: Lai, "Sequential changepoint detection in quality control and dynamical systems"
    (1995): a geometric grid of window lengths loses little against all lengths.

    >>> window_lengths(1), window_lengths(7), window_lengths(30), window_lengths(168)
    ((1,), (1, 3, 7), (1, 3, 9, 30), (1, 3, 9, 27, 81, 168))
    """
    found, length = [], 1
    while 2 * length <= declared:
        found.append(length)
        length *= _TIMES
    return (*found, declared)


def partitions_looked_at(declared: int, cadence: Cadence) -> int:
    """How many partitions the verdict on the last one depends on.

    The declared window, the windows before it that may hold an alarm, and the cycle before all of
    them, from which those come that stand in for a gap.
    """
    return declared + LOOKBACK + (cadence.cycle if cadence.cycle > 1 else 0)
