"""Which landed files are ready, and which runs take them in.

A file is ready once it has stopped growing. Files of one partition are taken in together; a
backlog of neighbouring partitions that need the same assets becomes one run over the range.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import TypeAlias

from ml_platform.core.figures import counted
from ml_platform.core.ingestion.calendar import Calendar

SETTLE_SECONDS = 2.0

Place: TypeAlias = tuple[str, str]
"""A table and one of its partitions: what no two runs take in at once."""


@dataclass(frozen=True)
class LandedFile:
    """One landed file as seen on disk.

    ``partition`` is empty where the name tells none of the table's. ``modified_at`` is seconds
    since the epoch; ``sha256`` is None until the content was read.
    """

    table: str
    partition: str
    path: str
    size: int
    modified_at: float
    sha256: str | None = None
    stamp: str = ""

    @property
    def name(self) -> str:
        """``table/partition``, what a state of handled files is keyed by."""
        return f"{self.table}/{self.partition}"

    @property
    def fingerprint(self) -> str:
        """Changes when the file is written again; cheap, because it never reads the content."""
        return f"{self.size}:{self.modified_at:.6f}" + (f":{self.stamp}" if self.stamp else "")


@dataclass(frozen=True)
class Handled:
    """A landed file that was taken in: how it looked and what was in it."""

    fingerprint: str
    sha256: str | None

    @property
    def size(self) -> int:
        """Its bytes."""
        return int(self.fingerprint.split(":", 1)[0])

    def looks_like(self, file: LandedFile) -> bool:
        """Whether the file looks as it did; what was noted before stamps were goes without."""
        return self.fingerprint in (file.fingerprint, replace(file, stamp="").fingerprint)

    def same_bytes(self, file: LandedFile) -> bool:
        """Whether the file, written again, still holds the same bytes."""
        return self.sha256 is not None and self.sha256 == file.sha256


@dataclass(frozen=True)
class Unchanged:
    """How a file that may still grow looks, and since when it has looked so."""

    fingerprint: str
    since: float

    def at(self, now: float) -> Unchanged:
        """The same, for a clock that may have been put back meanwhile."""
        return replace(self, since=min(self.since, now))


@dataclass(frozen=True)
class ModelFlow:
    """What a model waits for: all inputs of a partition, and its labels."""

    model: str
    inputs: frozenset[str]
    labels: str

    @property
    def tables(self) -> frozenset[str]:
        """All tables that it joins."""
        return self.inputs | {self.labels}


@dataclass(frozen=True)
class IngestionRun:
    """One run: these partitions of these tables, and the model stages that follow them.

    ``attempt`` counts from 1; a repeat starts not before ``not_before`` (seconds since the epoch)
    and leaves out the assets that are ``done``, as ``owner/asset``.
    """

    partitions: tuple[str, ...]
    tables: frozenset[str]
    models: frozenset[str]
    labelled: frozenset[str]
    fingerprints: tuple[str, ...]
    attempt: int = 1
    not_before: float = 0.0
    done: frozenset[str] = frozenset()

    @property
    def key(self) -> str:
        """Identifies the run by its content: the same landing never runs twice."""
        what = ",".join(sorted(self.tables))
        again = f"|attempt {self.attempt}" if self.attempt > 1 else ""
        days = f"{self.partitions[0]}..{self.partitions[-1]}"
        return f"{days}|{what}|{';'.join(self.fingerprints)}{again}"

    @property
    def takes_in(self) -> frozenset[Place]:
        """Each table and partition that the run writes."""
        return frozenset((table, day) for table in self.tables for day in self.partitions)


@dataclass(frozen=True)
class IngestionPlan:
    """Runs to launch, the files now handled, in words what is waited for, what may still grow."""

    runs: tuple[IngestionRun, ...]
    taken: tuple[LandedFile, ...]
    waiting: tuple[str, ...]
    growing: tuple[LandedFile, ...] = ()


def plan_ingestion(
    files: Iterable[LandedFile],
    handled: Mapping[str, Handled],
    flows: Sequence[ModelFlow],
    calendars: Mapping[str, Calendar],
    now: float,
    settle_seconds: Mapping[str, float] = MappingProxyType({}),
    largest_range: int = 120,
    busy: Set[Place] = frozenset(),
    unchanged: Mapping[str, Unchanged] = MappingProxyType({}),
) -> IngestionPlan:
    """Plan the runs for what has landed and was not handled yet.

    Args:
        files: everything seen on disk now, one file per table and partition.
        handled: each ``table/partition`` already taken in. A file landed again with the same
            bytes counts as handled and asks for nothing.
        flows: the models that consume the tables.
        calendars: of each table, by its name. A file outside its table's calendar is told of and
            left alone; one whose partition has not ended waits for its end.
        now: seconds since the epoch.
        settle_seconds: by table; a file younger than this may still be growing and is left
            alone. Two seconds for a table that is not named.
        largest_range: at most so many partitions in one run.
        busy: what runs that are queued, in progress or to be repeated take in. A file that lands
            there meanwhile waits, so that the older run cannot write after the newer; so does one
            that a model reads together with it, so that the model finds all of its inputs.
        unchanged: of files that might still grow at an earlier look, how they looked since when.

    Returns:
        the plan; running it and planning again with its files as handled gives no runs.
    """
    at = datetime.fromtimestamp(now, UTC)
    looked = {name: taken.fingerprint for name, taken in handled.items()}
    changed = [f for f in files if f.name not in handled or not handled[f.name].looks_like(f)]
    placed, unplaced = _parted(changed, lambda f: calendars[f.table].exists(f.partition, at))
    settled, growing = _parted(placed, lambda f: _is_settled(f, settle_seconds, now, unchanged))
    known, news = _parted(settled, lambda f: f.name in handled and handled[f.name].same_bytes(f))
    beside = {table: _read_together(table, flows) for table in calendars}
    held, ready = _parted(
        news, lambda f: any((table, f.partition) in busy for table in beside[f.table])
    )
    present = {f.name for f in ready} | set(handled)
    runs = [
        run
        for cut, those in _by_cut(ready, calendars).items()
        for run in _merge(_runs_of(those, flows, present, looked), cut, largest_range)
    ]
    waiting = [
        *_not_placed(unplaced, calendars),
        *(f"{f.path} may still be growing" for f in growing),
        *(f"{f.path} waits for the run that takes in its partition" for f in held),
        *_missing_inputs(flows, present),
    ]
    taken = (*known, *ready)
    runs.sort(key=lambda run: run.partitions[0])
    return IngestionPlan(tuple(runs), taken, tuple(waiting), tuple(growing))


def _parted(
    files: Iterable[LandedFile], those: Callable[[LandedFile], bool]
) -> tuple[list[LandedFile], list[LandedFile]]:
    """Those of which something is true, and the others."""
    parts: tuple[list[LandedFile], list[LandedFile]] = ([], [])
    for file in files:
        parts[not those(file)].append(file)
    return parts


def _by_cut(
    files: Iterable[LandedFile], calendars: Mapping[str, Calendar]
) -> dict[Calendar, list[LandedFile]]:
    """Files of tables that are cut alike: the same key of other calendars is another stretch."""
    found: dict[Calendar, list[LandedFile]] = defaultdict(list)
    for file in files:
        found[calendars[file.table].cut].append(file)
    return found


def _not_placed(files: Iterable[LandedFile], calendars: Mapping[str, Calendar]) -> Iterator[str]:
    """Of files that belong to no partition there is: what they wait for, or are left alone for."""
    foreign: dict[str, list[LandedFile]] = defaultdict(list)
    for file in files:
        calendar = calendars[file.table]
        if calendar.holds(file.partition):
            end = calendar.window(file.partition).end.strftime("%Y-%m-%d %H:%M UTC")
            yield f"{file.path} waits for the end of its partition at {end}"
        else:
            foreign[file.table].append(file)
    for table, those in foreign.items():
        more = f", nor for {counted(len(those) - 1, 'more file')}" if len(those) > 1 else ""
        named = those[0].partition or "of that name"
        yield f"{those[0].path}: {table} has no partition {named}{more}"


def _runs_of(
    files: Iterable[LandedFile],
    flows: Sequence[ModelFlow],
    present: set[str],
    looked: Mapping[str, str],
) -> list[IngestionRun]:
    by_partition: dict[str, list[LandedFile]] = defaultdict(list)
    for file in files:
        by_partition[file.partition].append(file)
    return [
        _run_of(partition, those, flows, present, looked)
        for partition, those in sorted(by_partition.items())
    ]


def _read_together(table: str, flows: Sequence[ModelFlow]) -> frozenset[str]:
    """The table itself, and what any model reads beside it."""
    return frozenset({table}).union(*(flow.inputs for flow in flows if table in flow.inputs))


def _is_settled(
    file: LandedFile,
    settle_seconds: Mapping[str, float],
    now: float,
    unchanged: Mapping[str, Unchanged],
) -> bool:
    """Whether it was left alone for long enough, by its date or as far as looks go back.

    The date alone will not do: clocks jump, and a producer may date its files ahead.
    """
    settle = settle_seconds.get(file.table, SETTLE_SECONDS)
    before = unchanged.get(file.name)
    since = before.since if before and before.fingerprint == file.fingerprint else now
    return now - file.modified_at >= settle or now - since >= settle


def _run_of(
    partition: str,
    files: Sequence[LandedFile],
    flows: Sequence[ModelFlow],
    present: set[str],
    looked: Mapping[str, str],
) -> IngestionRun:
    tables = frozenset(f.table for f in files)
    complete = frozenset(
        flow.model
        for flow in flows
        if flow.inputs & tables and all(f"{t}/{partition}" in present for t in flow.inputs)
    )
    # Labels that came before the events they are for, or before a correction of these, count now.
    labelled = frozenset(
        flow.model
        for flow in flows
        if flow.labels in tables
        or (flow.model in complete and f"{flow.labels}/{partition}" in present)
    )
    # What it replaces is part of it: a file that is put back as it was is a landing of its own.
    prints = tuple(sorted(f"{f.table}={looked.get(f.name, '')}>{f.fingerprint}" for f in files))
    return IngestionRun((partition,), tables, complete, labelled, prints)


def _missing_inputs(flows: Sequence[ModelFlow], present: set[str]) -> Iterator[str]:
    """What each model waits for where some inputs of a partition have come, handled or not."""
    by_partition = sorted(name.split("/", 1)[::-1] for name in present)
    for flow in flows:
        waits: dict[str, list[str]] = defaultdict(list)
        for partition, pairs in groupby(by_partition, key=itemgetter(0)):
            missing = flow.inputs - {table for _, table in pairs}
            if missing and missing != flow.inputs:
                waits[", ".join(sorted(missing))].append(partition)
        for tables, days in waits.items():
            more = f" and {len(days) - 1} more" if len(days) > 1 else ""
            yield f"{flow.model} of {days[0]}{more} waits for {tables}"


def _merge(
    runs: Sequence[IngestionRun], calendar: Calendar, largest: int
) -> tuple[IngestionRun, ...]:
    """Neighbours with the same selection become one run over the range."""

    def stretch(item: tuple[int, IngestionRun]) -> tuple[object, ...]:
        index, run = item
        return (calendar.place(run.partitions[0]) - index, run.tables, run.models, run.labelled)

    merged = []
    for _, group in groupby(enumerate(runs), key=stretch):
        days = [run for _, run in group]
        for start in range(0, len(days), largest):
            merged.append(_join(days[start : start + largest]))
    return tuple(merged)


def _join(days: Sequence[IngestionRun]) -> IngestionRun:
    if len(days) == 1:
        return days[0]
    # All of them are in the key, in few letters: it must change when any one file does.
    content = "\n".join(fingerprint for day in days for fingerprint in day.fingerprints)
    return replace(
        days[0],
        partitions=tuple(day.partitions[0] for day in days),
        fingerprints=(f"{len(days)} partitions", sha256(content.encode()).hexdigest()[:16]),
    )
