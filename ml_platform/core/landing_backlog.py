"""What becomes of the runs that were asked for: a backlog in order, repeats of what broke.

A range that failed is taken apart, so that one bad partition does not hold up the others; where its
days fail of the same, one after another, the rest is held (`ingestion/hold.py`). A range whose
process died goes on where it stopped. A run of one partition that broke for a reason outside its
data is repeated after a pause. What a check refused stays refused until it lands again with other
bytes, and what a person cancelled stays cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from ml_platform.core.figures import counted
from ml_platform.core.ingestion.hold import Hold, basis_of, fresh, held_after
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
    """A step failed, and no blocking check had failed."""
    DIED = "died"
    """Its process ended in the midst of it: nothing is known against any partition."""
    CANCELED = "cancelled"


@dataclass(frozen=True)
class Standing:
    """How a run stands: under way while ``end`` is None.

    Attributes:
        end: how it ended.
        at: when, in seconds since the epoch.
        cause: of what it failed, the same text for failures alike; empty where that is not known.
        done: the assets, as ``owner/asset``, that it completed for all of its partitions.
    """

    end: End | None = None
    at: float = 0.0
    cause: str = ""
    done: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Asked:
    """The runs that are not done with.

    Attributes:
        backlog: one after another, since later days look back; the first is under way or next.
        alone: asked for, each for itself.
        repeats: to be asked for again when their pause is over.
        holds: of what the backlog failed, where it did: one for each group of tables.
    """

    backlog: tuple[IngestionRun, ...] = ()
    alone: tuple[IngestionRun, ...] = ()
    repeats: tuple[IngestionRun, ...] = ()
    holds: tuple[Hold, ...] = ()

    @property
    def awaited(self) -> tuple[IngestionRun, ...]:
        """The runs of one group of tables whose standing decides what comes next."""
        return (*self.backlog[:1], *self.alone, *(hold.run for hold in self.holds))

    def of(self, group: frozenset[str]) -> Asked:
        """What was asked for of a group of tables; a run of several belongs to its first table."""
        return Asked(
            tuple(run for run in self.backlog if min(run.tables) in group),
            tuple(run for run in self.alone if min(run.tables) in group),
            tuple(run for run in self.repeats if min(run.tables) in group),
            tuple(hold for hold in self.holds if min(hold.run.tables) in group),
        )

    def beside(self, other: Asked) -> Asked:
        """What was asked for of this group of tables and of another."""
        return Asked(
            (*self.backlog, *other.backlog),
            (*self.alone, *other.alone),
            (*self.repeats, *other.repeats),
            (*self.holds, *other.holds),
        )

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


def go_on(
    asked: Asked,
    standings: Mapping[str, Standing],
    busy: Set[Place],
    now: float,
    code: str = "",
    looks: Mapping[str, str] = MappingProxyType({}),
) -> Next:
    """Go on with what was asked for of one group of tables.

    Args:
        asked: the runs that were not done with.
        standings: by key, of those of the awaited runs that exist. The first of the backlog is
            asked for until it does; another that does not was deleted by a person.
        busy: what runs that are queued or in progress take in.
        now: seconds since the epoch.
        code: a digest of the code and declarations in force.
        looks: by ``table/partition``, how the file looks that lies there.
    """
    backlog, hold = _rest(*_released(asked, standings, code, looks), standings, code, looks)
    known = [run for run in asked.alone if run.key in standings]
    alone = tuple(run for run in known if standings[run.key].end is None)
    broken = (left for run in known for left in left_of(run, standings[run.key]))
    repeats = (*asked.repeats, *(run for run in broken if run not in alone))
    runs: list[IngestionRun] = []
    waiting = []
    first = [run for run in backlog[:1] if run.key not in standings]
    if first and hold and hold.stands and now < hold.until:
        waiting.append(_held(hold, len(backlog), now))
        first = []
    for run in (*first, *repeats):
        why = _why_not_yet(run, busy | _taken_in(runs), now)
        if why:
            waiting.append(why)
        else:
            runs.append(run)
    again = tuple(run for run in repeats if run in runs)
    still = tuple(run for run in repeats if run not in runs)
    holds = (hold,) if hold and backlog else ()
    return Next(tuple(runs), Asked(backlog, (*alone, *again), still, holds), tuple(waiting))


def left_of(
    run: IngestionRun, standing: Standing | None, held: bool = False
) -> tuple[IngestionRun, ...]:
    """What is left to do of a run: itself until it has ended, then what repeats it, if anything.

    Args:
        run: as it was asked for.
        standing: None where it does not exist yet.
        held: whether it failed as those before it did: it is then tried for as long as it takes,
            after the pauses of the hold.
    """
    if standing is None or standing.end is None:
        return (run,)
    if standing.end in (End.WELL, End.CANCELED):
        return ()
    cut_short = standing.end is End.DIED and run.attempt < ATTEMPTS
    if len(run.partitions) > 1 and not cut_short:
        return split_run(run, standing.done)
    if standing.end is End.REFUSED or (run.attempt >= ATTEMPTS and not held):
        return ()
    pause = 0.0 if held else PAUSES[run.attempt - 1]
    done = run.done | standing.done
    return (replace(run, attempt=run.attempt + 1, not_before=standing.at + pause, done=done),)


def split_run(run: IngestionRun, done: frozenset[str] = frozenset()) -> tuple[IngestionRun, ...]:
    """Take a failed range apart, so that one bad partition does not hold up the others.

    Args:
        run: over the range.
        done: what it completed for all of its partitions: no day does it again.
    """
    prints = (*run.fingerprints, "day")
    return tuple(
        replace(
            run,
            partitions=(day,),
            fingerprints=prints,
            attempt=1,
            not_before=0.0,
            done=run.done | done,
        )
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
    begun = _taken_in(runs)
    taken = tuple(f for f in plan.taken if (f.table, f.partition) in begun)
    held = len(plan.taken) - len(taken)
    waits = (f"{held} files wait for the backlog before them",) if held else ()
    return IngestionPlan(runs, taken, (*waits, *plan.waiting), plan.growing)


def _released(
    asked: Asked, standings: Mapping[str, Standing], code: str, looks: Mapping[str, str]
) -> tuple[tuple[IngestionRun, ...], Hold | None]:
    """The backlog and its hold; without one where a person or another basis ended it."""
    hold = asked.holds[0] if asked.holds else None
    if hold is None or not hold.stands:
        return asked.backlog, hold
    again = standings.get(hold.run.key)
    if again and again.end is End.WELL and again.at > hold.at:
        return tuple(r for r in asked.backlog if r.partitions != hold.run.partitions), None
    if basis_of(hold.run, code, looks) == hold.basis:
        return asked.backlog, hold
    refused = tuple(replace(day, attempt=day.attempt + 1) for day in hold.days)
    return tuple(map(fresh, (*refused, *asked.backlog))), None


def _rest(
    backlog: Sequence[IngestionRun],
    hold: Hold | None,
    standings: Mapping[str, Standing],
    code: str,
    looks: Mapping[str, str],
) -> tuple[tuple[IngestionRun, ...], Hold | None]:
    """The backlog from its first run that has not ended, and what the last that did failed of."""
    rest = tuple(backlog)
    while rest:
        run, standing = rest[0], standings.get(rest[0].key)
        if standing is None or standing.end is None:
            break
        hold = _hold_after(hold, run, standing, basis_of(run, code, looks))
        rest = (*left_of(run, standing, bool(hold and hold.stands)), *rest[1:])
    return rest, hold


def _hold_after(
    hold: Hold | None, run: IngestionRun, standing: Standing, basis: str
) -> Hold | None:
    if standing.end in (End.WELL, End.CANCELED):
        return None
    refused = standing.end is End.REFUSED
    return held_after(hold, run, standing.cause, refused, standing.at, basis)


def _held(hold: Hold, waiting: int, now: float) -> str:
    """The one sentence about a list that stands still."""
    return (
        f"{counted(waiting, 'partition')} of {', '.join(sorted(hold.run.tables))} wait, because "
        f"{hold.times} in a row failed of the same: {hold.cause}. They go on when the code or the "
        f"file of {hold.run.partitions[0]} changes or its run is repeated with success; else "
        f"one is tried in {(hold.until - now) / 60:.0f} min"
    )


def _why_not_yet(run: IngestionRun, busy: Set[Place], now: float) -> str | None:
    what = f"{', '.join(sorted(run.tables))} of {run.partitions[0]}"
    if run.attempt > 1:
        what = f"{attempt_of(run)} at {what}"
    if now < run.not_before:
        return f"{what} is due in {run.not_before - now:.0f} s: the one before broke"
    if run.takes_in & busy:
        return f"{what} waits for the run that takes in its partition"
    return None


def attempt_of(run: IngestionRun) -> str:
    """Which attempt a repeat is, in words."""
    most = f" of {ATTEMPTS}" if run.attempt <= ATTEMPTS else ""
    return f"attempt {run.attempt}{most}"


def _taken_in(runs: Sequence[IngestionRun]) -> frozenset[Place]:
    return frozenset(place for run in runs for place in run.takes_in)
