"""How far back a table looks, and what repeats itself, by how its partitions are cut."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from ml_platform.core.drift.cadence import CYCLES_NEEDED, DAYS, HOURS, YEAR, Cadence

# Of partitions without a cycle: half a year of weeks, two years of months.
_WITHOUT_CYCLE = 26

CADENCES: Final = {
    "hour": HOURS,
    "day": DAYS,
    "week": Cadence(timedelta(weeks=1), 1, "seasons"),
    "month": Cadence(YEAR / 12, 1, "seasons"),
}
"""By the word that declares them."""


def looked_back(cadence: Cadence) -> int:
    """Partitions that limits are learnt from: eight weeks of days, eight days of hours.

    Enough for comparing like phases, few enough to follow a table that grows.

    >>> looked_back(DAYS), looked_back(HOURS), looked_back(CADENCES["week"])
    (56, 192, 26)
    """
    return CYCLES_NEEDED * cadence.cycle if cadence.cycle > 1 else _WITHOUT_CYCLE


def needed(cadence: Cadence, least: int) -> int:
    """Partitions without which nothing is judged: the declared number, and two whole cycles.

    >>> needed(DAYS, 10), needed(HOURS, 10), needed(CADENCES["month"], 10)
    (14, 48, 10)
    """
    return max(least, 2 * cadence.cycle if cadence.cycle > 1 else 0)
