"""What one statistic of one column does when nothing drifts, and how odd a value of it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import exp, inf, log, sqrt
from typing import Any

from scipy.special import expit, ndtr, ndtri, stdtr, stdtrit

from ml_platform.core.drift.statistics import STATISTICS

# From here Student's t is the normal distribution, and its inverse loses digits.
_NORMAL_FROM = 10_000.0
_GREATEST_EXPONENT = 700.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """The values that the reference's own windows have against the rest of it.

    They are taken as normal on a scale where the upper tail is long: the logarithm, or the logit
    where the statistic ends at 1. Half the floor is added first, so that a rate that is always 0
    has a place there. A new value is held against the prediction interval for one more such value
    (Student's t).

    Attributes:
        column: The column.
        statistic: Name of the statistic.
        span: Partitions per window.
        floor: Least effect that counts as drift.
        partitions: Partitions of the reference that were used.
        mean: Of the normal distribution that has the upper tail of the scaled values.
        spread: Its standard deviation, moderated by that of the other columns.
        freedom: Degrees of freedom of the spread.
        number: Independent windows that the mean is worth.
        effects: By phase of the cycle (weekday), added to the mean; empty when not told apart.
        note: What a reader should know, such as that weekdays are not told apart.
        why: Why there is no calibration; empty when there is one.
        min_rows: Rows that both sides of a window need; None of versions that were trained before
            it was kept, which need those that are declared.
        declared: Partitions of the window that was declared, which the longest one may exceed;
            None of such versions.

    Source: the prediction interval of a normal sample, Hahn and Meeker, "Statistical Intervals"
    (1991), section 4.7.
    """

    column: str
    statistic: str
    span: int
    floor: float
    partitions: int
    mean: float = 0.0
    spread: float = 1.0
    freedom: float = 0.0
    number: float = 0.0
    effects: tuple[float, ...] = ()
    note: str = ""
    why: str = ""
    min_rows: int | None = None
    declared: int | None = None

    def p_value(self, value: float, phase: int = 0) -> float:
        """Chance of a value at least this great without drift; 1 for one within the floor.

        Args:
            value: The statistic of a new window, not NaN.
            phase: Place of its last partition in the cycle.
        """
        return self._chance(value, phase) if value > self.floor else 1.0

    @property
    def size(self) -> float:
        """Chance of a value beyond the floor without drift, in the phase where it is greatest."""
        return max(self._chance(self.floor, phase) for phase in range(max(len(self.effects), 1)))

    def _chance(self, value: float, phase: int) -> float:
        sure = (self.scaled(value) - self._centre(phase)) / self._width
        if self.freedom >= _NORMAL_FROM:
            return float(ndtr(-sure))
        return float(stdtr(self.freedom, -sure))

    def value_at(self, p_value: float, phase: int = 0) -> float:
        """The value that has this p-value, or the floor when that is greater.

        Args:
            p_value: One of 1 or more is that of any value.
            phase: Place of the window's last partition in the cycle.
        """
        p_value = min(p_value, 1.0)
        if self.freedom >= _NORMAL_FROM:
            sure = -float(ndtri(p_value))
        else:
            sure = -float(stdtrit(self.freedom, p_value))
        return max(self._unscaled(self._centre(phase) + sure * self._width), self.floor)

    def scaled(self, value: float) -> float:
        """A value of the statistic on the scale of mean and spread."""
        half = self.floor / 2
        if STATISTICS[self.statistic].bounded:
            return log((value + half) / (1 - value + half))
        return log(value + half)

    def _unscaled(self, scaled: float) -> float:
        half = self.floor / 2
        if STATISTICS[self.statistic].bounded:
            return float(expit(scaled)) * (1 + self.floor) - half
        # Two windows and no neighbours to learn from: nothing would ever be odd enough.
        return exp(scaled) - half if scaled < _GREATEST_EXPONENT else inf

    def _centre(self, phase: int) -> float:
        return self.mean + (self.effects[phase % len(self.effects)] if self.effects else 0.0)

    @property
    def _width(self) -> float:
        return self.spread * sqrt(1 + 1 / self.number)

    def to_row(self) -> dict[str, Any]:
        """The calibration as plain values for a table."""
        return asdict(self) | {"effects": list(self.effects)}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Calibration:
        """A calibration as `to_row` wrote it; other keys of the row are ignored."""
        known = {name: row[name] for name in cls.__dataclass_fields__ if name in row}
        return cls(**known | {"effects": tuple(row["effects"])})
