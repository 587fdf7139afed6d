"""What alerts are made of: verdicts, ends of runs and lines of the ledger, as sightings."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b

from dagster import DagsterInstance, RunsFilter

from ml_platform.core import names
from ml_platform.core.alerts import Incident
from ml_platform.core.checks.catalogue import CATALOGUE
from ml_platform.core.incidents import CheckSeen, incident_of_check, incidents_of_entry
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.lifecycle.check_history import EVENTS_AGAIN, Finding, findings_after
from ml_platform.lifecycle.ended_runs import ENDS, incidents_of_ended_run
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.source import Source
from ml_platform.stores.ledger import Ledger

_CHECKS_READ = 5_000  # of all checks on one tick: what is more is told on the next
_RUNS_READ = 1_000  # a run for each of 120 days and each of several tables


@dataclass(frozen=True)
class Sighting:
    """Something that was written; its incidents are worked out only where it is new.

    Attributes:
        identity: tells it from others, on each tick the same.
        at: when it was written.
        incidents: works them out.
        event: its number in the event log; None where it is not read by it.
    """

    identity: str
    at: datetime
    incidents: Callable[[], Iterable[Incident]]
    event: int | None = None


@dataclass(frozen=True)
class Place:
    """How far was read: the newest moment, and the number of the newest event of a check.

    Attributes:
        after: runs and lines of the ledger are read from this moment on.
        event: events of checks are read from a little before this one on; 0 at the beginning,
            where `after` counts for them too.
    """

    after: datetime
    event: int = 0

    def is_read_again(self, seen: Sighting) -> bool:
        """Whether the next tick will come across what was seen, from this place."""
        if seen.event is None:
            return seen.at > self.after
        return seen.event > self.event - EVENTS_AGAIN


def sightings(
    instance: DagsterInstance,
    ledger: Ledger,
    sources: Sequence[Source],
    models: Sequence[Model],
    place: Place,
) -> Iterator[Sighting]:
    """Everything that was seen after a place, in no order."""
    yield from _of_checks(instance, sources, models, place)
    calendars = {each.spec.name: each.calendar for each in sources}
    calendars |= {model.name: model.calendar for model in models}
    yield from _of_runs(instance, calendars, place.after)
    yield from _of_ledger(ledger, place.after)


def _identity(*parts: object) -> str:
    """A short name for what was written: thousands of them fit into the cursor."""
    return blake2b("|".join(map(str, parts)).encode(), digest_size=8).hexdigest()


def _of_checks(
    instance: DagsterInstance,
    sources: Sequence[Source],
    models: Sequence[Model],
    place: Place,
) -> Iterator[Sighting]:
    told = {
        (asset, check): (model, days) for asset, check, model, days in told_checks(sources, models)
    }
    since = 0.0 if place.event else max(0.0, place.after.timestamp())
    begin = max(0, place.event - EVENTS_AGAIN)
    for event, found in findings_after(instance, begin, _CHECKS_READ, since):
        model, partitioned = told.get((found.asset, found.check), (None, None))
        # Without its partition it is the sum of a range, whose days speak for themselves.
        counts = partitioned is (found.partition is not None)
        at = datetime.fromtimestamp(found.at, UTC)
        identity = _identity(*found.asset, found.check, found.partition, found.run_id, found.at)
        yield Sighting(identity, at, partial(_of_finding, found, at, model, counts), event)


def _of_finding(
    found: Finding, at: datetime, model: str | None, counts: bool
) -> Iterable[Incident]:
    if not counts:
        return ()
    seen = CheckSeen(found.asset, found.check, found.partition, found.verdict, found.sentence, at)
    incident = incident_of_check(seen, model)
    return () if incident is None else (incident,)


def told_checks(
    sources: Sequence[Source], models: Sequence[Model]
) -> Iterator[tuple[tuple[str, ...], str, str | None, bool]]:
    """Asset, check, model and whether it is partitioned, of each check that people hear of."""
    for check in CATALOGUE:
        if not check.told:
            continue
        if check.of_model:
            partitioned = check.stage not in names.UNPARTITIONED
            for model in models:
                yield model.path(check.stage), check.name, model.name, partitioned
        else:
            for source in sources:
                partitioned = check.name != names.FRESHNESS
                yield (source.spec.name, check.stage), check.name, None, partitioned


def _of_runs(
    instance: DagsterInstance, calendars: Mapping[str, Calendar], after: datetime
) -> Iterator[Sighting]:
    ended = RunsFilter(statuses=list(ENDS), updated_after=after)
    for record in instance.get_run_records(ended, limit=_RUNS_READ):
        at = datetime.fromtimestamp(record.end_time or record.update_timestamp.timestamp(), UTC)
        run = record.dagster_run
        if at > after:
            told = partial(incidents_of_ended_run, instance, run, at, calendars)
            yield Sighting(_identity(run.run_id), at, told)


def _of_ledger(ledger: Ledger, after: datetime) -> Iterator[Sighting]:
    for entry in ledger.entries(since=after):
        if entry.decided_at > after:
            told = partial(incidents_of_entry, entry)
            yield Sighting(_identity(entry.entry_id), entry.decided_at, told)
