"""The shifts that the drift benchmark makes, and how soon each was found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from benchmarks.drift_shift import Shift
from benchmarks.drift_worlds import World

REFERENCE_DAYS, YEAR, HORIZON = 56, 365, 45
FIRST_SEED = 1000
"""Of the shifted worlds, which share no seed with the undrifted years."""

NUMERIC, CATEGORICAL = ("n1", "n3", "n4"), ("c10_1", "c100_1", "c1000_1")
KINDS: dict[str, tuple[Shift, tuple[str, ...]]] = {
    "mean +.1 sd": (Shift(mean=0.1), NUMERIC),
    "mean +.25 sd": (Shift(mean=0.25), NUMERIC),
    "mean +.5 sd": (Shift(mean=0.5), NUMERIC),
    "mean +1 sd": (Shift(mean=1.0), NUMERIC),
    "standard deviation x 1.25": (Shift(width=1.25), NUMERIC),
    "5% of rows move to one category": (Shift(category=0.05), CATEGORICAL),
    "5% of rows lose their value": (Shift(missing=0.05), NUMERIC),
    "8% of rows have a new category": (Shift(unseen=0.08), CATEGORICAL),
    "mean +.5 sd over 30 days": (Shift(mean=0.5, ramp=30), NUMERIC),
}


@dataclass(frozen=True)
class Case:
    """A kind of shift, and how many of the 30 columns have it."""

    kind: str
    count: int

    def __str__(self) -> str:
        return f"{self.kind}, {self.count} of 30"

    @property
    def columns(self) -> tuple[str, ...]:
        """The shifted columns."""
        return KINDS[self.kind][1][: self.count]

    def world(self, repetition: int, rows: int) -> World:
        """A reference, and days after it on which the columns are shifted."""
        shifts = dict.fromkeys(self.columns, KINDS[self.kind][0])
        days = REFERENCE_DAYS + HORIZON
        return World(FIRST_SEED + repetition, days, rows, 0.0, shifts, REFERENCE_DAYS)


CASES = [Case(kind, count) for kind in KINDS for count in (1, 3)]


@dataclass(frozen=True)
class Found:
    """First alarm day after the onset, from 1, per repetition; None where there was none."""

    delays: tuple[int | None, ...]

    @property
    def missed(self) -> float:
        """Share of repetitions without an alarm within the horizon."""
        return sum(each is None for each in self.delays) / len(self.delays)

    @property
    def median(self) -> float:
        """Median days to the alarm; a missed one counts as the whole horizon."""
        return float(median(HORIZON if each is None else each for each in self.delays))

    def better_than(self, other: Found) -> bool:
        """Whether it is better in either way; equal medians of whole days are no difference."""
        return self.median < other.median or self.missed < other.missed

    def to_json(self) -> dict[str, object]:
        """For the result file."""
        return {
            "median_days": self.median,
            "missed_share": round(self.missed, 3),
            "days": list(self.delays),
        }


def first_alarm(days: Iterable[bool]) -> int | None:
    """The first of the days in alarm, counted from 1; later ones are not asked for."""
    return next((day for day, alarm in enumerate(days, start=1) if alarm), None)
