"""What becomes of the runs that were asked for: a backlog in order, repeats of what broke.

A range that failed is taken apart, so that one bad partition does not hold up the others. A run of
one partition that broke for a reason outside its data is repeated after a pause. What a check
refused stays refused until it lands again with other bytes, and what a person cancelled stays
cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum

from ml_platform.core.landing import IngestionPlan, IngestionRun, Place

ATTEMPTS = 3
"""How often a partition is tried in all. People were told of the first failure; what lasts longer
than the pauses is theirs to mend, and each further attempt would only fill the disk or the log."""
PAUSES = (30.0, 120.0)
"""Seconds from the end of a failed run to its repeat: a service that restarts is back within the
first, a disk that somebody clears or a network within the second."""


class End(StrEnum):
    """How a run ended."""

    WELL = "well"
    REFUSED = "refused"
    """By a blocking check: its data are bad, and would be again."""
    BROKEN = "broken"
    """A step failed or its process died, and no blocking check had failed."""
    CANCELED = "cancelled"


@dataclass(frozen=True)
class Standing:
    """How a run stands: under way while ``end`` is None; ``at`` is when it ended."""

    end: End | None = None
    at: float = 0.0


@dataclass(frozen=True)
class Asked:
    """The runs that are not done with.

    Attributes:
        backlog: one after another, since later days look back; the first is under way or next.
        alone: asked for, each for itself.
        repeats: to be asked for again when their pause is over.
    """

    backlog: tuple[IngestionRun, ...] = ()
    alone: tuple[IngestionRun, ...] = ()
    repeats: tuple[IngestionRun, ...] = ()

    @property
    def awaited(self) -> tuple[IngestionRun, ...]:
        """The runs whose standing decides what comes next."""
        return (*self.backlog[:1], *self.alone)

    def with_new(self, runs: tuple[IngestionRun, ...], in_order: bool) -> Asked:
        """These and the new ones, which come one after another or each for itself."""
        if in_order:
            return replace(self, backlog=(*self.backlog, *runs))
        return replace(self, alone=(*self.alone, *runs))


@dataclass(frozen=True)
class Next:
    """The runs to ask for now, what is then not done with, and in words what is waited for."""

    runs: tuple[IngestionRun, ...]
    asked: Asked
    waiting: tuple[str, ...]


def go_on(asked: Asked, standings: Mapping[str, Standing], busy: Set[Place], now: float) -> Next:
    """Go on with what was asked for.

    Args:
        asked: the runs that were not done with.
        standings: by key, of those of the awaited runs that exist. The first of the backlog is
            asked for until it does; another that does not was deleted by a person.
        busy: what runs that are queued or in progress take in.
        now: seconds since the epoch.
    """
    backlog = _rest(asked.backlog, standings)
    known = [run for run in asked.alone if run.key in standings]
    alone = tuple(run for run in known if standings[run.key].end is None)
    broken = (left for run in known for left in left_of(run, standings[run.key]))
    repeats = (*asked.repeats, *(run for run in broken if run not in alone))
    first = [run for run in backlog[:1] if run.key not in standings]
    runs: list[IngestionRun] = []
    waiting = []
    for run in (*first, *repeats):
        why = _why_not_yet(run, busy | _taken_in(runs), now)
        if why:
            waiting.append(why)
        else:
            runs.append(run)
    again = tuple(run for run in repeats if run in runs)
    still = tuple(run for run in repeats if run not in runs)
    return Next(tuple(runs), Asked(backlog, (*alone, *again), still), tuple(waiting))


def left_of(run: IngestionRun, standing: Standing | None) -> tuple[IngestionRun, ...]:
    """What is left to do of a run: itself until it has ended, then what repeats it, if anything.

    Args:
        run: as it was asked for.
        standing: None where it does not exist yet.
    """
    if standing is None or standing.end is None:
        return (run,)
    failed = standing.end in (End.REFUSED, End.BROKEN)
    if failed and len(run.partitions) > 1:
        return split_run(run)
    if standing.end is not End.BROKEN or run.attempt >= ATTEMPTS:
        return ()
    pause = PAUSES[run.attempt - 1]
    return (replace(run, attempt=run.attempt + 1, not_before=standing.at + pause),)


def split_run(run: IngestionRun) -> tuple[IngestionRun, ...]:
    """Take a failed range apart, so that one bad partition does not hold up the others."""
    return tuple(
        replace(run, partitions=(day,), fingerprints=(*run.fingerprints, "day"))
        for day in run.partitions
    )


def behind_backlog(plan: IngestionPlan, going: bool) -> IngestionPlan:
    """Take a backlog in before anything else: later days look back on its days.

    Args:
        plan: what is due.
        going: whether a run over a range is under way already.

    Returns:
        the plan itself without any backlog; else at most the earliest run, the rest held back
        for a later look.
    """
    ranges = [run for run in plan.runs if len(run.partitions) > 1]
    if not (going or ranges):
        return plan
    runs = () if going else plan.runs[:1]
    taken = tuple(
        f
        for f in plan.taken
        for run in runs
        if f.table in run.tables and f.partition in run.partitions
    )
    held = len(plan.taken) - len(taken)
    waits = (f"{held} files wait for the backlog before them",) if held else ()
    return IngestionPlan(runs, taken, (*waits, *plan.waiting))


def _rest(
    backlog: Sequence[IngestionRun], standings: Mapping[str, Standing]
) -> tuple[IngestionRun, ...]:
    """The backlog from its first run that has not ended."""
    rest = tuple(backlog)
    while rest:
        left = left_of(rest[0], standings.get(rest[0].key))
        if left == rest[:1]:
            break
        rest = (*left, *rest[1:])
    return rest


def _why_not_yet(run: IngestionRun, busy: Set[Place], now: float) -> str | None:
    what = f"{', '.join(sorted(run.tables))} of {run.partitions[0]}"
    if run.attempt > 1:
        what = f"attempt {run.attempt} of {ATTEMPTS} at {what}"
    if now < run.not_before:
        return f"{what} is due in {run.not_before - now:.0f} s: the one before broke"
    if run.takes_in & busy:
        return f"{what} waits for the run that takes in its partition"
    return None


def _taken_in(runs: Sequence[IngestionRun]) -> frozenset[Place]:
    return frozenset(place for run in runs for place in run.takes_in)
