"""What the landing sensor remembers between two looks, and what it need not remember itself.

Dagster keeps a copy of the cursor with every tick. With 120 bytes for each file that ever landed,
it would be 390 kB after three years of three tables, and 8 GB in the ticks of one week. So a file
leaves the cursor once the landing asset has an event that says the same of it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import inf
from typing import Any

from dagster import AssetKey, AssetRecordsFilter, DagsterEventType, DagsterInstance

from ml_platform.core import names
from ml_platform.core.ingestion.hold import Hold
from ml_platform.core.landing import Handled, IngestionRun, LandedFile, Unchanged
from ml_platform.core.landing_backlog import Asked
from ml_platform.stores.lake import Lake

_FORMAT = 2
"""What is written now. Before formats were told, there were no holds and no `done`."""
_RUNS = ("backlog", "alone", "repeats")
_READ_AT_ONCE = 1_000


@dataclass(frozen=True)
class Memory:
    """The cursor: files that no event tells of yet, runs that are not done with, growing files."""

    handled: dict[str, Handled]
    asked: Asked
    unchanged: dict[str, Unchanged] = field(default_factory=dict)

    @classmethod
    def read(cls, cursor: str | None) -> "Memory":
        """What an earlier tick wrote; nothing before the first."""
        kept = json.loads(cursor) if cursor else {}
        handled = {name: Handled(*pair) for name, pair in kept.get("handled", {}).items()}
        runs = {part: tuple(map(_run, kept.get(part, ()))) for part in _RUNS}
        holds = tuple(map(_hold, kept.get("holds", ())))
        unchanged = {name: Unchanged(*pair) for name, pair in kept.get("unchanged", {}).items()}
        return cls(handled, Asked(**runs, holds=holds), unchanged)

    def with_stored(self, stored: Mapping[str, Handled]) -> "Memory":
        """This, and files that the lake turned out to hold."""
        return replace(self, handled=self.handled | stored)

    def with_growing(self, growing: Iterable[LandedFile], now: float) -> "Memory":
        """This, with only these files as growing: since now, where they changed since."""
        unchanged = {}
        for file in growing:
            before = self.unchanged.get(file.name)
            same = before is not None and before.fingerprint == file.fingerprint
            unchanged[file.name] = (
                before.at(now) if before and same else Unchanged(file.fingerprint, now)
            )
        return replace(self, unchanged=unchanged)

    def after(
        self, taken: Iterable[LandedFile], asked: Asked, told: Mapping[str, Handled]
    ) -> "Memory":
        """What to remember once these files were taken and these runs asked for.

        Args:
            taken: files that are handled from now on.
            asked: the runs that are not done with.
            told: what events say, which need not be remembered.
        """
        new = {file.name: Handled(file.fingerprint, file.sha256) for file in taken}
        handled = {
            name: seen
            for name, seen in (self.handled | new).items()
            if name not in told or told[name].fingerprint != seen.fingerprint
        }
        return replace(self, handled=handled, asked=asked)

    def write(self) -> str:
        """As text, for the next tick."""
        handled = {name: [h.fingerprint, h.sha256] for name, h in self.handled.items()}
        runs = {part: list(map(_row, getattr(self.asked, part))) for part in _RUNS}
        holds = [_hold_row(hold) for hold in self.asked.holds]
        unchanged = {name: [u.fingerprint, u.since] for name, u in self.unchanged.items()}
        said = {"format": _FORMAT, "handled": handled, "unchanged": unchanged}
        return json.dumps({**said, **runs, "holds": holds})


@dataclass
class TakenIn:
    """What the landing assets' own events say of the files that were taken in.

    Events never change, so each is read once in the life of a process. Where a person deletes old
    runs their events go with them: see ``stored``.
    """

    tables: Sequence[str]
    _known: dict[int, Handled | None] = field(default_factory=dict)

    def look(self, instance: DagsterInstance) -> dict[str, Handled]:
        """By ``table/partition``, the file of the newest event."""
        told = {}
        for table in self.tables:
            key = AssetKey(list(names.landing(table)))
            newest = instance.get_latest_storage_id_by_partition(
                key, DagsterEventType.ASSET_MATERIALIZATION
            )
            self._read(instance, key, [n for n in newest.values() if n not in self._known])
            told |= {f"{table}/{day}": self._known.get(number) for day, number in newest.items()}
        return {name: handled for name, handled in told.items() if handled}

    def _read(self, instance: DagsterInstance, key: AssetKey, numbers: Sequence[int]) -> None:
        for start in range(0, len(numbers), _READ_AT_ONCE):
            some = numbers[start : start + _READ_AT_ONCE]
            wanted = AssetRecordsFilter(asset_key=key, storage_ids=some)
            for record in instance.fetch_materializations(wanted, limit=len(some)).records:
                event = record.asset_materialization
                self._known[record.storage_id] = _handled(event.metadata if event else {})


def stored(lake: Lake, files: Iterable[LandedFile]) -> dict[str, Handled]:
    """Of files that nothing remembers, those that are older than their partition in the lake.

    They were taken in by runs that have been deleted since, with all that they told. Taking them in
    again would overwrite the predictions of their days by those of today's champion.
    """
    found: dict[str, Handled] = {}
    written: dict[str, dict[str, float]] = {}
    for file in files:
        if file.table not in written:
            raw = lake.table(names.table_of(names.raw(file.table)))
            written[file.table] = raw.written_at()
        # Some tools set a file's time to zero: what the lake does not hold is new however old.
        if file.modified_at <= written[file.table].get(file.partition, -inf):
            found[file.name] = Handled(file.fingerprint, file.sha256)
    return found


def _handled(metadata: Mapping[str, Any]) -> Handled | None:
    """None for an event from before fingerprints were told."""
    said = {name: value.value for name, value in metadata.items()}
    return Handled(said["fingerprint"], said["sha256"]) if "fingerprint" in said else None


def _row(run: IngestionRun) -> dict[str, object]:
    row = asdict(run)
    return {k: sorted(v) if isinstance(v, frozenset) else v for k, v in row.items()}


def _run(row: Mapping[str, Any]) -> IngestionRun:
    sets = {name: frozenset(row.get(name, ())) for name in ("tables", "models", "labelled", "done")}
    days = {name: tuple(row[name]) for name in ("partitions", "fingerprints")}
    return IngestionRun(**{**row, **sets, **days})


def _hold_row(hold: Hold) -> dict[str, object]:
    own = {name: getattr(hold, name) for name in ("cause", "times", "at", "basis")}
    return {**own, "run": _row(hold.run), "days": list(map(_row, hold.days))}


def _hold(row: Mapping[str, Any]) -> Hold:
    return Hold(**{**row, "run": _run(row["run"]), "days": tuple(map(_run, row["days"]))})
