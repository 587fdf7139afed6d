"""Freshness: a sensor that pages when a table falls behind the others, though nothing runs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import time

from dagster import (
    AssetCheckEvaluation,
    AssetCheckResult,
    AssetChecksDefinition,
    AssetKey,
    AssetObservation,
    DefaultSensorStatus,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    multi_asset_check,
    sensor,
)
from pydantic import TypeAdapter

from ml_platform.core import names
from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.checks.catalogue import named
from ml_platform.core.figures import counted
from ml_platform.core.quality_over_time.freshness import freshness_outcome
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.check_results import checked_alone, single_result
from ml_platform.lifecycle.check_specs import check_spec
from ml_platform.lifecycle.landed_files import landed_files
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.source import Source
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.lake import Lake

# Files of one day land one after another: what is late on one look only is no news.
_LOOKS_TO_BE_LATE = 2
_AGAIN_AFTER = timedelta(hours=1).total_seconds()


@dataclass(frozen=True)
class Watched:
    """A table whose freshness is declared, and those that say what time it is.

    Attributes:
        source: the table.
        others: the tables that some model reads together with it.
    """

    source: Source
    others: tuple[Source, ...]

    @property
    def name(self) -> str:
        """The table's name."""
        return self.source.spec.name

    def judged(self, lake: Lake, at: datetime) -> CheckOutcome:
        """How far the table lies behind the others, by what has landed or is in the lake."""
        assert self.source.spec.freshness is not None
        own = _partitions(self.source, lake, at)
        found = {other.spec.name: _partitions(other, lake, at) for other in self.others}
        there = {name: partitions for name, partitions in found.items() if partitions}
        return freshness_outcome(
            max(own, default=None),
            {name: max(partitions) for name, partitions in there.items()},
            min((min(partitions) for partitions in there.values()), default=""),
            self.source.spec.freshness.max_delay,
        )


@dataclass(frozen=True)
class _Told:
    """What was reported of a table last and when, and how many looks in a row found it late."""

    verdict: Verdict = Verdict.NOT_EVALUATED
    at: float = 0.0
    late: int = 0


_CURSOR = TypeAdapter(dict[str, _Told])


def watched_tables(sources: Sequence[Source], models: Sequence[Model]) -> list[Watched]:
    """The tables whose freshness is declared."""
    by_name = {source.spec.name: source for source in sources}
    watched = []
    for source in sources:
        if source.spec.freshness is not None:
            together = {t for model in models for t in _tables_of(model, source.spec.name)}
            others = sorted(together - {source.spec.name})
            watched.append(Watched(source, tuple(by_name[name] for name in others)))
    return watched


def freshness_checks(
    watched: Sequence[Watched], clock: Callable[[], float] = time
) -> list[AssetChecksDefinition]:
    """The check ``freshness`` of ``<table>/landing``: the sensor reports it; anyone may run it."""
    return [_check(table, clock) for table in watched]


def freshness_sensor(
    watched: Sequence[Watched], tick_seconds: int, clock: Callable[[], float] = time
) -> SensorDefinition:
    """The sensor ``freshness``.

    It reports the check where its verdict changes, and once an hour while a table is late, so
    that the alerts tell of it again. The alerts read it like any other check.

    Args:
        watched: the tables to look at.
        tick_seconds: between two looks.
        clock: gives seconds since the epoch.
    """

    @sensor(
        name="freshness",
        minimum_interval_seconds=tick_seconds,
        default_status=DefaultSensorStatus.RUNNING,
        description=(
            "Looks how far each table with a declared `freshness` lies behind the tables that a "
            "model reads together with it, and reports the check `freshness` of its landing files. "
            "The clock is the data's own: the newest partition that has landed anywhere."
        ),
    )
    def freshness(context: SensorEvaluationContext, lake: LakeResource) -> SensorResult:
        told = _CURSOR.validate_json(context.cursor) if context.cursor else {}
        opened, now = lake.open(), clock()
        events, after = [], {}
        for table in watched:
            outcome = table.judged(opened, datetime.fromtimestamp(now, UTC))
            before = told.get(table.name, _Told())
            after[table.name], news = _next(before, outcome.verdict, now)
            if news:
                events.append(_evaluation(table.name, outcome))
        late = [name for name, each in after.items() if each.verdict is Verdict.FAILED]
        said = f"{', '.join(late)} late" if late else f"{counted(len(after), 'table')} in time"
        return SensorResult(
            asset_events=events,
            cursor=_CURSOR.dump_json(after).decode(),
            skip_reason=said,
        )

    return freshness


def _next(before: _Told, verdict: Verdict, now: float) -> tuple[_Told, bool]:
    """What is to be remembered after a look, and whether it is to be reported."""
    late = before.late + 1 if verdict is Verdict.FAILED else 0
    if verdict is Verdict.FAILED and late < _LOOKS_TO_BE_LATE:
        return _Told(before.verdict, before.at, late), False
    again = verdict is Verdict.FAILED and now - before.at >= _AGAIN_AFTER
    if verdict is before.verdict and not again:
        return _Told(verdict, before.at, late), False
    return _Told(verdict, now, late), verdict.evaluated


def _tables_of(model: Model, table: str) -> Iterator[str]:
    """The tables that the model reads, if this one is among them."""
    sources = model.spec.sources
    tables = (sources.primary, *sources.lookups, sources.labels)
    return iter(tables if table in tables else ())


def _partitions(source: Source, lake: Lake, at: datetime) -> set[str]:
    """What has landed by a moment, be it still there or in the lake already."""
    landed = {file.partition for file in landed_files(source)}
    raw = lake.table(names.table_of(names.raw(source.spec.name)))
    there = landed | set(raw.partitions())
    return {partition for partition in there if source.calendar.exists(partition, at)}


def _check(table: Watched, clock: Callable[[], float]) -> AssetChecksDefinition:
    path = names.landing(table.name)
    spec = check_spec(named(names.FRESHNESS), path)

    @multi_asset_check(name=f"{'__'.join(path)}_{names.FRESHNESS}", specs=[spec], can_subset=True)
    def check(lake: LakeResource) -> Iterator[AssetCheckResult | AssetObservation]:
        outcome = table.judged(lake.open(), datetime.fromtimestamp(clock(), UTC))
        yield from checked_alone(path, names.FRESHNESS, outcome)

    return check


def _evaluation(table: str, outcome: CheckOutcome) -> AssetCheckEvaluation:
    result = single_result(names.landing(table), names.FRESHNESS, outcome)
    return AssetCheckEvaluation(
        asset_key=AssetKey(list(names.landing(table))),
        check_name=names.FRESHNESS,
        passed=result.passed,
        metadata=result.metadata,
        severity=result.severity,
        description=result.description,
    )
