"""Landing: a sensor that sees files land and asks for the runs that take them in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from time import time

from dagster import (
    AssetKey,
    AssetSelection,
    DefaultSensorStatus,
    RunRequest,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    sensor,
)

from ml_platform.core import names
from ml_platform.core.figures import counted
from ml_platform.core.ingestion.landing_look import Ground, awaited, look
from ml_platform.core.landing import Handled, IngestionRun, LandedFile, ModelFlow
from ml_platform.core.landing_backlog import attempt_of
from ml_platform.lifecycle.code_digest import code_digest
from ml_platform.lifecycle.landed_files import Digests, landed_files
from ml_platform.lifecycle.landing_memory import Memory, TakenIn, stored
from ml_platform.lifecycle.landing_runs import RANGE_END, RANGE_START, standings, under_way
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.source import Source
from ml_platform.resources.lake_resource import LakeResource

MAX_RETRIES = "dagster/max_retries"


def landing_sensor(
    sources: Sequence[Source],
    models: Sequence[Model],
    tick_seconds: int,
    clock: Callable[[], float] = time,
) -> SensorDefinition:
    """The sensor ``landing`` over all source tables and the models that consume them.

    Args:
        sources: all source tables.
        models: all models.
        tick_seconds: between two looks.
        clock: gives seconds since the epoch.
    """
    ground = Ground(
        [_flow(model) for model in models],
        {source.spec.name: source.calendar for source in sources},
        {source.spec.name: source.spec.landing.settle_seconds for source in sources},
        code_digest(source.contract.__module__ for source in sources),
    )
    tables = [source.spec.name for source in sources]
    taken_in = TakenIn(tables)
    digests = Digests()
    targets = list(_all_keys(sources, models))

    @sensor(
        name="landing",
        asset_selection=AssetSelection.assets(*targets),
        minimum_interval_seconds=tick_seconds,
        default_status=DefaultSensorStatus.RUNNING,
        description=(
            "Watches the landing folders. Files of one partition are taken in by one run together "
            "with the model stages whose inputs are then complete; a backlog becomes one run over "
            "the range; a range that fails is repeated day by day, and a day that fails for a "
            "reason outside its data after a pause. Where day after day fails of the same, the "
            "rest is held. Tables that no model joins hold up nothing of each other."
        ),
    )
    def landing(context: SensorEvaluationContext, lake: LakeResource) -> SensorResult | SkipReason:
        now = clock()
        memory = Memory.read(context.cursor)
        told = taken_in.look(context.instance)
        handled = told | memory.handled
        busy = under_way(context.instance, ground.calendars)
        seen, unreadable = _look(sources, digests, handled, now)
        memory = memory.with_stored(stored(lake.open(), [f for f in seen if f.name not in handled]))
        handled = told | memory.handled
        keys = [run.key for run in awaited(memory.asked, ground.groups)]
        known = standings(context.instance, keys)
        found = look(ground, memory.asked, seen, handled, known, busy, now, memory.unchanged)
        after = memory.after(found.taken, found.asked, told)
        cursor = after.with_growing(found.growing, now).write()
        if found.runs:
            requests = [run_request(run) for run in found.runs]
            return SensorResult(run_requests=requests, cursor=cursor)
        context.update_cursor(cursor)
        waiting = [*unreadable, *found.waiting]
        return SkipReason("; ".join(waiting) or f"nothing new in {counted(len(seen), 'file')}")

    return landing


def run_request(run: IngestionRun) -> RunRequest:
    """The Dagster run for an ingestion."""
    tags = {
        names.TAG_TRIGGER: "landing",
        names.TAG_TABLES: ", ".join(sorted(run.tables)),
        # What breaks is repeated by the sensor: Dagster's own retry would run beside that.
        MAX_RETRIES: "0",
    }
    if run.attempt > 1:
        tags[names.TAG_ATTEMPT] = attempt_of(run).removeprefix("attempt ")
    if len(run.partitions) > 1:
        tags |= {RANGE_START: run.partitions[0], RANGE_END: run.partitions[-1]}
    return RunRequest(
        run_key=run.key,
        partition_key=run.partitions[0] if len(run.partitions) == 1 else None,
        asset_selection=[AssetKey(list(path)) for path in _paths(run)],
        tags=tags,
    )


def _paths(run: IngestionRun) -> Iterator[tuple[str, ...]]:
    """The assets of a run without those that an earlier attempt completed."""
    for step in _steps(run):
        if not {names.table_of(path) for path in step} <= run.done:
            yield from step


def _steps(run: IngestionRun) -> Iterator[tuple[tuple[str, ...], ...]]:
    """The assets of a run, those together that one step makes."""
    for table in sorted(run.tables):
        yield (names.raw(table),)
        yield (names.validated(table), names.quarantine(table))
    for model in sorted(run.models):
        yield from ((names.of_model(model, stage),) for stage in names.DAILY)
    for model in sorted(run.labelled):
        yield from ((names.of_model(model, stage),) for stage in names.ON_LABELS)


def _all_keys(sources: Sequence[Source], models: Sequence[Model]) -> Iterator[AssetKey]:
    everything = IngestionRun(
        ("",),
        frozenset(source.spec.name for source in sources),
        frozenset(model.name for model in models),
        frozenset(model.name for model in models),
        (),
    )
    return (AssetKey(list(path)) for path in _paths(everything))


def _flow(model: Model) -> ModelFlow:
    sources = model.spec.sources
    return ModelFlow(model.name, frozenset({sources.primary, *sources.lookups}), sources.labels)


def _look(
    sources: Sequence[Source], digests: Digests, handled: Mapping[str, Handled], now: float
) -> tuple[list[LandedFile], list[str]]:
    """The files that lie there, and in words those that cannot be read: they hold up no others."""
    at = datetime.fromtimestamp(now, UTC)
    digests.begin()
    seen: list[LandedFile] = []
    unread = []
    for source in sources:
        for file in landed_files(source):
            try:
                due = source.calendar.exists(file.partition, at)
                found = digests.of(file, handled) if due else file
            except OSError as error:
                unread.append(f"{file.path} cannot be read: {error.strerror}")
                continue
            if found:
                seen.append(found)
            else:
                unread.append(f"{file.path} was written again and is compared at a later look")
    return seen, unread
