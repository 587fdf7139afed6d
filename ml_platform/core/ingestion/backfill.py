"""Which partitions a model lacks that was declared over tables with a history, and in what ranges.

Landing makes a model's features together with the tables they are made of, so that what landed
before the model was declared has none. The newest range is made first: what a model learns from is
then there soonest, and all that is still to be made lies before what is there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ml_platform.core.figures import counted
from ml_platform.core.ingestion.calendar import Calendar

AT_ONCE = 120
"""Partitions of one run: few enough that one that fails has not cost hours."""


@dataclass(frozen=True)
class Backfill:
    """The next range of a model that is to be made.

    Attributes:
        partitions: first to last; those in between for which nothing landed stay empty.
        left: how many are still to be made, with these.
        of: how many there will be in all.
    """

    partitions: Sequence[str]
    left: int
    of: int

    @property
    def sentence(self) -> str:
        """How far it is.

        >>> Backfill(["2026-01-01", "2026-01-02"], 2, 5).sentence
        '3 of 5 partitions are made; 2026-01-01 to 2026-01-02 are next'
        """
        first, last = self.partitions[0], self.partitions[-1]
        are = f"{first} is" if first == last else f"{first} to {last} are"
        return f"{self.of - self.left} of {counted(self.of, 'partition')} are made; {are} next"


def next_backfill(
    calendar: Calendar,
    inputs: Sequence[Collection[str]],
    made: Collection[str],
    at_once: int = AT_ONCE,
) -> Backfill | None:
    """The newest range before all that is made; None where nothing is lacking.

    Args:
        calendar: of the model.
        inputs: the partitions that each table it reads has on record, labels apart.
        made: those of its features.
        at_once: how many at most.
    """
    landed = {each for of_table in inputs for each in of_table}
    complete = sorted(
        each for each in landed if calendar.holds(each) and all(each in of for of in inputs)
    )
    lacking = [each for each in complete if not made or each < min(made)]
    if not lacking:
        return None
    wanted = lacking[-1:]
    for partition in reversed(lacking[-at_once:-1]):
        between = calendar.keys_between(partition, wanted[0])[1:-1]
        # A table that lacks the day between would be taken for empty by who looks it up.
        if landed.intersection(between):
            break
        wanted.insert(0, partition)
    return Backfill(wanted, len(lacking), len(set(complete) | set(made)))
