"""Values between 0 and 1, kept as weights on a fixed grid: they add up in any order.

A value between two points of the grid is split between them so that the mean stays exact. What is
split is a little more spread out than the value was, which makes every test on it more cautious and
never less (Jensen's inequality, as the logarithm is concave). 0 and 1 are points of the grid, so
shares are exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

# Even steps of 1/256, and finer ones near 0, where small limits lie.
POINTS: Final[FloatArray] = np.array(
    [0.0, *(2.0**-k for k in range(16, 8, -1)), *(k / 256 for k in range(1, 257))]
)


@dataclass(frozen=True, slots=True)
class ValueCounts:
    """How many values there were at each point of the grid.

    Attributes:
        weights: index of a point -> weight; points without weight are left out.
    """

    weights: Mapping[int, float]

    @classmethod
    def of(cls, values: ArrayLike) -> ValueCounts:
        """Count values.

        Raises:
            ValueError: one of them is not between 0 and 1.
        """
        given = np.asarray(values, dtype=np.float64)
        if not ((given >= 0) & (given <= 1)).all():
            raise ValueError("values must be numbers from 0 to 1")
        below = np.clip(np.searchsorted(POINTS, given, side="right") - 1, 0, len(POINTS) - 2)
        upper = (given - POINTS[below]) / (POINTS[below + 1] - POINTS[below])
        dense = np.bincount(below, 1 - upper, len(POINTS)) + np.bincount(
            below + 1, upper, len(POINTS)
        )
        return cls({int(i): float(dense[i]) for i in np.flatnonzero(dense)})

    @classmethod
    def of_share(cls, hits: float, trials: float) -> ValueCounts:
        """Count `hits` ones and zeros for the rest of `trials`.

        >>> ValueCounts.of_share(3, 10).mean
        0.3

        Raises:
            ValueError: there are fewer trials than hits, or less than none.
        """
        if not 0 <= hits <= trials:
            raise ValueError(f"{hits} hits in {trials} trials")
        counts = {0: float(trials - hits), len(POINTS) - 1: float(hits)}
        return cls({point: weight for point, weight in counts.items() if weight})

    @property
    def total(self) -> float:
        """How many values there were."""
        return sum(self.weights.values())

    @property
    def mean(self) -> float:
        """Mean of the values, NaN where there are none."""
        total = self.total
        return float(self.values @ self.counts) / total if total else float("nan")

    @property
    def values(self) -> FloatArray:
        """The points that have weight."""
        return POINTS[list(self.weights)]

    @property
    def counts(self) -> FloatArray:
        """The weight of each of `values`."""
        return np.array(list(self.weights.values()), dtype=np.float64)


NOTHING: Final = ValueCounts({})
