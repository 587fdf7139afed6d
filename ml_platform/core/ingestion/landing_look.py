"""One look of the landing sensor: what was asked for goes on, and what has landed since is planned.

Each group of tables that a model joins is looked at by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from types import MappingProxyType

from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.ingestion.table_groups import table_groups
from ml_platform.core.landing import (
    Handled,
    IngestionRun,
    LandedFile,
    ModelFlow,
    Place,
    Unchanged,
    plan_ingestion,
)
from ml_platform.core.landing_backlog import Asked, Standing, behind_backlog, go_on


@dataclass(frozen=True)
class Ground:
    """What does not change between two looks.

    Attributes:
        flows: the models.
        calendars: of each table, by its name.
        settle_seconds: by table, how long a file has to be left unchanged.
        code: a digest of the code and declarations in force.
    """

    flows: Sequence[ModelFlow]
    calendars: Mapping[str, Calendar]
    settle_seconds: Mapping[str, float]
    code: str

    @property
    def groups(self) -> tuple[frozenset[str], ...]:
        """The tables, parted into those that have to do with each other."""
        return table_groups(self.calendars, (flow.tables for flow in self.flows))


@dataclass(frozen=True)
class Look:
    """What a look comes to.

    Attributes:
        runs: to be asked for.
        taken: the files that are handled from now on.
        asked: the runs that are not done with.
        waiting: in words, what is waited for.
        growing: the files that may still grow.
    """

    runs: tuple[IngestionRun, ...] = ()
    taken: tuple[LandedFile, ...] = ()
    asked: Asked = field(default_factory=Asked)
    waiting: tuple[str, ...] = ()
    growing: tuple[LandedFile, ...] = ()


def awaited(asked: Asked, groups: Iterable[frozenset[str]]) -> list[IngestionRun]:
    """The runs whose standing decides what comes next."""
    return [run for group in groups for run in asked.of(group).awaited]


def look(
    ground: Ground,
    asked: Asked,
    files: Iterable[LandedFile],
    handled: Mapping[str, Handled],
    standings: Mapping[str, Standing],
    busy: Set[Place],
    now: float,
    unchanged: Mapping[str, Unchanged] = MappingProxyType({}),
) -> Look:
    """Look at every group of tables.

    Args:
        ground: tables, models and code.
        asked: the runs that were not done with.
        files: everything seen on disk now, one file per table and partition.
        handled: each ``table/partition`` already taken in.
        standings: by key, of the awaited runs that exist.
        busy: what runs that are queued or in progress take in.
        now: seconds since the epoch.
        unchanged: of files that might still grow at an earlier look, how they looked since when.
    """
    seen: dict[str, list[LandedFile]] = defaultdict(list)
    known: dict[str, dict[str, Handled]] = defaultdict(dict)
    for file in files:
        seen[file.table].append(file)
    for name, taken in handled.items():
        known[name.split("/", 1)[0]][name] = taken
    found = Look()
    for group in ground.groups:
        those = [file for table in sorted(group) for file in seen[table]]
        before = {name: taken for table in group for name, taken in known[table].items()}
        of_group = _look(
            ground, group, asked.of(group), those, before, standings, busy, now, unchanged
        )
        found = Look(
            (*found.runs, *of_group.runs),
            (*found.taken, *of_group.taken),
            found.asked.beside(of_group.asked),
            (*found.waiting, *of_group.waiting),
            (*found.growing, *of_group.growing),
        )
    return found


def _look(
    ground: Ground,
    group: frozenset[str],
    asked: Asked,
    files: Sequence[LandedFile],
    handled: Mapping[str, Handled],
    standings: Mapping[str, Standing],
    busy: Set[Place],
    now: float,
    unchanged: Mapping[str, Unchanged],
) -> Look:
    flows = [flow for flow in ground.flows if flow.tables & group]
    looks = {file.name: file.fingerprint for file in files}
    next_ = go_on(asked, standings, busy, now, ground.code, looks)
    due_again = (*next_.runs, *next_.asked.repeats)
    due = plan_ingestion(
        files,
        handled,
        flows,
        {table: ground.calendars[table] for table in group},
        now,
        ground.settle_seconds,
        busy=busy | {place for run in due_again for place in run.takes_in},
        unchanged=unchanged,
    )
    plan = behind_backlog(due, going=bool(next_.asked.backlog))
    after = next_.asked.with_new(plan.runs, in_order=plan is not due)
    waiting = (*next_.waiting, *plan.waiting)
    return Look((*next_.runs, *plan.runs), plan.taken, after, waiting, plan.growing)
