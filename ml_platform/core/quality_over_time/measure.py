"""What is measured of every partition, each on a scale where ordinary days differ evenly."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, expm1, log1p, pi, sin, sqrt
from typing import Final, Literal

from ml_platform.core import names


@dataclass(frozen=True, slots=True)
class Measure:
    """A number per partition, and per column where it is about columns.

    Attributes:
        name: Of the check that judges it.
        unit: ``count`` (rows, distinct values) or ``share`` (of rows, 0 to 1).
        both_sides: Too little is as wrong as too much.
        least: A change by less is none, whatever share of the usual it is.
    """

    name: str
    unit: Literal["count", "share"]
    both_sides: bool = False
    least: float = 0.0

    def even(self, value: float) -> float:
        """The value where its noise does not depend on its size.

        The logarithm of a count, so that changes are relative; the arcsine of the root of a share
        (Anscombe, "The transformation of Poisson, binomial and negative-binomial data", 1948).
        """
        return log1p(value) if self.unit == "count" else asin(sqrt(min(max(value, 0.0), 1.0)))

    def back(self, even: float) -> float:
        """The inverse of `even`; beyond its range the nearest value there is."""
        if self.unit == "count":
            return expm1(min(max(even, 0.0), 700.0))
        return sin(min(max(even, 0.0), pi / 2)) ** 2

    def noise(self, rows: int) -> float:
        """Standard deviation by chance alone, on the scale of `even`.

        Args:
            rows: Rows that a share is taken of. Of counts nothing is known beforehand: a table may
                have the same number of rows every day.
        """
        return 0.0 if self.unit == "count" else 1 / (2 * sqrt(max(rows, 1)))

    def smallest_change(self, usual: float, floor: float) -> float:
        """The declared smallest change that matters, in the measure's own unit."""
        return max(usual * floor, self.least) if self.unit == "count" else floor


VOLUME: Final = Measure(names.VOLUME, "count", both_sides=True)
NULL_SPIKE: Final = Measure(names.NULL_SPIKE, "share")
DUPLICATES: Final = Measure(names.DUPLICATES, "share")
CATEGORY_EXPLOSION: Final = Measure(names.CATEGORY_EXPLOSION, "count", least=5.0)

MEASURES: Final = (VOLUME, NULL_SPIKE, DUPLICATES, CATEGORY_EXPLOSION)
