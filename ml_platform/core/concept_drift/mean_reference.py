"""How large a quantity is on the hold-out, and how much its daily mean varies."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.concept_drift.serial_correlation import lag_one, variance_of_mean
from ml_platform.core.estimation.day_variance import day_variance


@dataclass(frozen=True)
class MeanReference:
    """The mean of a quantity on the hold-out, and how much it varies from day to day.

    Attributes:
        mean: Over the rows of the hold-out.
        row_variance: Of the rows within a day, the mean over days.
        rows: Rows of the hold-out.
        days: Days of the hold-out.
        day_variance: Of one day's mean beyond the chance of which rows it has; an upper bound.
        correlation: Of one day's own effect on the mean with the next one's, 0 to .9.
        known_days: Days that the variances were taken from.
    """

    mean: float
    row_variance: float
    rows: int
    days: int
    day_variance: float
    correlation: float
    known_days: int

    @classmethod
    def of(
        cls, value: NDArray[np.float64], day: NDArray[Any], held_out: NDArray[np.bool_]
    ) -> MeanReference:
        """Take the mean from the hold-out and its variation from all days of the training set.

        Each day is held against the mean of the others.

        Args:
            value: Finite, shape [n].
            day: The partition of each row, shape [n].
            held_out: Whether the row is of the hold-out, shape [n], true of at least one.
        """
        known, place = np.unique(day.astype(str), return_inverse=True)
        rows = np.bincount(place)
        means = np.bincount(place, weights=value) / rows
        within = float((np.bincount(place, weights=(value - means[place]) ** 2) / rows).mean())
        deviation = means - means.mean()
        left_out = len(known) / max(len(known) - 1, 1)
        return cls(
            mean=float(value[held_out].mean()),
            row_variance=within,
            rows=int(held_out.sum()),
            days=len(set(day[held_out].tolist())),
            day_variance=day_variance(left_out * deviation, np.sqrt(within / rows)),
            correlation=lag_one(deviation, float((within / rows).mean())),
            known_days=len(known),
        )

    def deviations(self, mean: float, rows: int, days: int) -> float:
        """How many standard deviations a later mean of so many rows and days is off."""
        chance = self.row_variance * (1 / rows + 1 / self.rows)
        between = self.day_variance * (
            variance_of_mean(days, self.correlation) + variance_of_mean(self.days, self.correlation)
        )
        spread = sqrt(chance + between)
        off = mean - self.mean
        if spread:
            return off / spread
        # What never varied is off at once, to the side on which it lies.
        return float(np.copysign(np.inf, off)) if off else 0.0
