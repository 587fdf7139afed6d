"""Backfill: a sensor that gives a model the history its tables had before it was declared."""

from collections.abc import Mapping, Sequence

from dagster import (
    AssetSelection,
    DagsterInstance,
    DefaultSensorStatus,
    RunRequest,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    sensor,
)

from ml_platform.core import names
from ml_platform.core.ingestion.backfill import AT_ONCE, Backfill, next_backfill
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.landing_backlog import End
from ml_platform.lifecycle.code_digest import code_digest
from ml_platform.lifecycle.failing_step import failing_step
from ml_platform.lifecycle.landing_runs import RANGE_END, RANGE_START, standings, under_way
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.policy_facts import IN_PROGRESS
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.lake import Lake

TRIGGER = "backfill"
"""What the tag `ml_platform/trigger` says of its runs."""


def backfill_sensor(
    models: Sequence[Model], tick_seconds: int, at_once: int = AT_ONCE
) -> SensorDefinition:
    """The sensor ``backfill`` over all models.

    Args:
        models: all models.
        tick_seconds: between two looks.
        at_once: partitions of one run.
    """
    # An edit, of the code or a declaration, is a reason to try again what failed.
    digest = code_digest(model.preprocess_module for model in models)
    keys = [model.key(stage) for model in models for stage in (names.FEATURES, names.LABELS)]

    @sensor(
        name=TRIGGER,
        asset_selection=AssetSelection.assets(*keys),
        minimum_interval_seconds=tick_seconds,
        default_status=DefaultSensorStatus.RUNNING,
        description=(
            "Makes features and labels of what landed before a model was declared, range by range, "
            "the newest first; one run of a model at a time."
        ),
    )
    def backfill(context: SensorEvaluationContext, lake: LakeResource) -> SensorResult | SkipReason:
        requests, said = [], []
        for model in models:
            found = _lacking(model, lake.open(), at_once)
            if found is None:
                continue
            key = _key(model, found, digest)
            if waits := _waits(model, found, key, context.instance):
                said.append(f"{model.name}: {found.sentence}, {waits}")
            else:
                context.log.info(f"{model.name}: {found.sentence}")
                requests.append(_request(model, lake.open(), found, key))
        if requests:
            return SensorResult(run_requests=requests)
        return SkipReason("; ".join(said) or "every model has the history of its tables")

    return backfill


def _lacking(model: Model, lake: Lake, at_once: int) -> Backfill | None:
    sources = model.spec.sources
    inputs = [_partitions(lake, table) for table in (sources.primary, *sources.lookups)]
    made = lake.table(model.table(names.FEATURES)).partitions()
    return next_backfill(model.calendar, inputs, made, at_once)


def _partitions(lake: Lake, table: str) -> frozenset[str]:
    return frozenset(lake.table(names.table_of(names.validated(table))).partitions())


def _waits(model: Model, found: Backfill, key: str, instance: DagsterInstance) -> str:
    """Why the range is not asked for yet, in words; empty where nothing speaks against it."""
    running = instance.get_runs(RunsFilter(statuses=IN_PROGRESS))
    if any(model.key(names.FEATURES) in (run.asset_selection or ()) for run in running):
        return "once the run that makes features of it has ended"
    sources = model.spec.sources
    calendars: Mapping[str, Calendar] = dict.fromkeys(
        (sources.primary, *sources.lookups), model.calendar
    )
    if {partition for _, partition in under_way(instance, calendars)} & set(found.partitions):
        return "once the runs that take them in have ended"
    standing = standings(instance, [key]).get(key)
    if standing is not None and standing.end is not End.WELL:
        return f"and failed: {standing.cause}; edit what is at fault, or repeat the run"
    failing = failing_step(model, instance)
    first_steps = {model.table(names.FEATURES), model.table(names.LABELS)}
    if failing.partition(" ")[0] in first_steps:
        return f"once this is mended: {failing}"
    return ""


def _request(model: Model, lake: Lake, found: Backfill, key: str) -> RunRequest:
    first, last = found.partitions[0], found.partitions[-1]
    stages = [names.FEATURES]
    if any(first <= each <= last for each in _partitions(lake, model.spec.sources.labels)):
        stages.append(names.LABELS)
    one = first == last
    return RunRequest(
        run_key=key,
        partition_key=first if one else None,
        asset_selection=[model.key(stage) for stage in stages],
        tags={names.TAG_TRIGGER: TRIGGER} | ({} if one else {RANGE_START: first, RANGE_END: last}),
    )


def _key(model: Model, found: Backfill, digest: str) -> str:
    return f"{TRIGGER}/{model.name}/{found.partitions[0]}/{found.partitions[-1]}/{digest}"
