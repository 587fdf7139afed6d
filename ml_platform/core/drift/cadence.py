"""How often partitions come, read from their keys: how many a year has, and their cycle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from ml_platform.core.partition_time import moment_of

YEAR = timedelta(days=365.25)
# From four weeks of history, means per weekday added more noise than they took away.
CYCLES_NEEDED = 8


@dataclass(frozen=True, slots=True)
class Cadence:
    """The rhythm of a calendar of partitions.

    Attributes:
        step: From one partition to the next.
        cycle: Partitions after which life repeats itself: 7 days, 24 hours; 1 for none.
        phases: What the partitions of a cycle are called: "weekdays".
    """

    step: timedelta
    cycle: int
    phases: str

    @property
    def per_year(self) -> float:
        """Partitions in a year."""
        return YEAR / self.step

    def phase(self, partition: str) -> int:
        """The place of a partition in its cycle, from 0.

        >>> DAYS.phase("2013-01-07"), DAYS.phase("2013-01-13"), HOURS.phase("2013-01-07-05:00")
        (0, 6, 5)
        """
        if self.cycle == 1:
            return 0
        at = moment_of(partition)
        return at.weekday() if self.step >= timedelta(days=1) else at.hour

    def unbalanced(self, span: int) -> bool:
        """Whether windows of so many partitions hold some phases more often than others."""
        return span % self.cycle != 0


HOURS = Cadence(timedelta(hours=1), 24, "hours of the day")
DAYS = Cadence(timedelta(days=1), 7, "weekdays")


def cadence_of(partitions: Sequence[str]) -> Cadence:
    """The cadence of partition keys in ascending order: their most common step.

    Fewer than two keys are taken for days.

    >>> cadence_of(["2013-01-01", "2013-01-02", "2013-01-05", "2013-01-06"]) == DAYS
    True
    >>> cadence_of(["2013-01-07", "2013-01-14"]).cycle
    1
    """
    moments = [moment_of(partition) for partition in partitions]
    steps = Counter(later - earlier for earlier, later in pairwise(moments))
    step = steps.most_common(1)[0][0] if steps else DAYS.step
    for known in (HOURS, DAYS):
        if step == known.step:
            return known
    return Cadence(step, 1, "seasons")
