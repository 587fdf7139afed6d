"""What drifts in a generated world."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Shift:
    """What happens to the shifted columns.

    Attributes:
        mean: Added to the mean of a numeric column, in standard deviations.
        width: Its standard deviation becomes so many times what it was.
        category: Share of rows that move to the second most frequent category.
        unseen: Share of rows that get a category that was never seen.
        missing: Share of rows that lose their value.
        ramp: Days until it is there in full; 0 for at once.
    """

    mean: float = 0.0
    width: float = 1.0
    category: float = 0.0
    unseen: float = 0.0
    missing: float = 0.0
    ramp: int = 0


NO_SHIFT = Shift()
