"""Whether label 1 has become more or less frequent than on the hold-out."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from ml_platform.core.concept_drift.serial_correlation import lag_one, variance_of_mean
from ml_platform.core.estimation.day_variance import day_variance


@dataclass(frozen=True)
class LabelReference:
    """How frequent label 1 was, and how much that varies from day to day.

    Attributes:
        rate: Share of label 1 on the hold-out.
        rows: Labelled rows of the hold-out.
        days: Days of the hold-out.
        day_variance: Of one day's rate beyond the chance of its labels, over all labelled days
            of the training set; an upper bound.
        correlation: Of one day's own effect on the rate with the next one's, 0 to .9.
        known_days: Days that the variance was taken from.
    """

    rate: float
    rows: int
    days: int
    day_variance: float
    correlation: float
    known_days: int

    @classmethod
    def of(
        cls,
        label: NDArray[Any],
        day: NDArray[Any],
        earlier: NDArray[Any],
        earlier_day: NDArray[Any],
    ) -> LabelReference:
        """Take the rate from the hold-out and its variation from the days before as well.

        Args:
            label: 0 or 1, of the hold-out, shape [n], n >= 1.
            day: The partition of each row, shape [n].
            earlier: Labels of the other rows of the training set, shape [m].
            earlier_day: Their partitions, shape [m].
        """
        days = np.concatenate([earlier_day, day]).astype(str)
        known, place = np.unique(days, return_inverse=True)
        rows = np.bincount(place)
        rates = np.bincount(place, weights=np.concatenate([earlier, label])) / rows
        common = float(rates.mean())
        deviation, chance = rates - common, common * (1 - common) / rows
        return cls(
            rate=float(label.mean()),
            rows=len(label),
            days=len(set(day.tolist())),
            day_variance=day_variance(deviation, np.sqrt(chance)),
            correlation=lag_one(deviation, float(chance.mean())),
            known_days=len(known),
        )

    def deviation(self, rows: int, days: int) -> float:
        """Standard deviation of the difference between some later days' rate and the hold-out's.

        Args:
            rows: Labelled rows of the later days, at least 1.
            days: How many days, at least 1.
        """
        # Half a row of each label, so that a hold-out of one label alone still has a chance.
        rate = (self.rate * self.rows + 0.5) / (self.rows + 1)
        chance = rate * (1 - rate) * (1 / rows + 1 / self.rows)
        between = self.day_variance * (
            variance_of_mean(days, self.correlation) + variance_of_mean(self.days, self.correlation)
        )
        return sqrt(chance + between)


def two_sided_bound(alarms_per_year: float, partitions_per_year: float) -> float:
    """The number of deviations that chance exceeds, up or down, so many partitions a year.

    >>> round(two_sided_bound(1.0, 365.0), 2)
    3.0
    """
    return float(norm.isf(min(0.5, alarms_per_year / partitions_per_year / 2)))
