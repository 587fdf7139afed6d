"""Vacuum: once a week, rows that were kept long enough go, and files that nothing needs."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import UTC, datetime, timedelta

import pyarrow.compute as pc
from dagster import (
    DefaultScheduleStatus,
    JobDefinition,
    OpExecutionContext,
    ScheduleDefinition,
    job,
    op,
)

from ml_platform.core import names
from ml_platform.core.log_record import ONLINE
from ml_platform.core.serving_spec import ServingSpec
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.lake import Lake
from ml_platform.stores.lake_retention import remove_rows
from ml_platform.stores.model_registry import ModelRegistry
from ml_platform.stores.probe_log import ProbeLog

RETENTION = timedelta(days=7)
"""So long a replaced version can be read back. No write and no read takes nearly so long."""

LEAST_OF_PROBES = timedelta(days=7)
"""The burn of the budget is looked at over three days, and the report restates one."""


def vacuum_job(serving: Mapping[str, ServingSpec]) -> JobDefinition:
    """The job ``vacuum`` over every table of the lake.

    Args:
        serving: of each model, whose versions must stay rebuildable: it says how long answered
            requests and probes are kept.
    """

    @op(description="Removes old rows and files; the metadata say how many of which table.")
    def remove_old_files(
        context: OpExecutionContext, lake: LakeResource, registry: RegistryResource
    ) -> None:
        opened, now = lake.open(), datetime.now(UTC)
        retention = {model: spec.log.retention for model, spec in serving.items()}
        windows = {model: spec.objectives.window for model, spec in serving.items()}
        expired = forget_requests(opened, retention, now) | forget_probes(opened, windows, now)
        needed = needed_versions(registry.open(), list(serving))
        removed = {
            table.name: table.vacuum(RETENTION, needed.get(table.name, ()))
            for table in opened.tables()
        }
        context.add_output_metadata(removed | expired)

    @job(
        name="vacuum",
        description=(
            "Removes answered requests and probes that were kept long enough, the files that no "
            f"version of a table younger than {RETENTION.days} days and no registered model "
            "version needs, and what killed writes left behind."
        ),
    )
    def vacuum() -> None:
        remove_old_files()

    return vacuum


def forget_requests(
    lake: Lake, retention: Mapping[str, timedelta], now: datetime
) -> dict[str, int]:
    """Remove answered requests that were received longer ago than their model keeps them.

    What batch scored stays: it can be made again from what the lake keeps anyway. Their bytes go
    with the files of the old versions, `RETENTION` later.

    Returns:
        How many rows went, by table, where any did.
    """
    gone: dict[str, int] = {}
    for model, kept in retention.items():
        log = lake.table(names.table_of(names.of_model(model, names.INFERENCE_LOG)))
        online = pc.field("source") == ONLINE
        rows = remove_rows(log, online & (pc.field("logged_at") < now - kept))
        if rows:
            gone[f"{log.name}: rows"] = rows
    return gone


def forget_probes(lake: Lake, windows: Mapping[str, timedelta], now: datetime) -> dict[str, int]:
    """Remove probes older than two windows of the objectives, and never younger than a week.

    The service report has their hours for good.

    Returns:
        How many rows went, by table, where any did.
    """
    gone: dict[str, int] = {}
    for model, window in windows.items():
        rows = ProbeLog(lake, model).forget(now - max(2 * window, LEAST_OF_PROBES))
        if rows:
            gone[f"{names.table_of(names.of_model(model, names.PROBES))}: rows"] = rows
    return gone


def needed_versions(registry: ModelRegistry, models: Sequence[str]) -> Mapping[str, Set[int]]:
    """The versions of each table that registered model versions say they were made of."""
    needed: dict[str, set[int]] = defaultdict(set)
    for model in models:
        for version in registry.versions(model):
            # A version that somebody registered by hand says nothing of its data.
            made_of = json.loads(version.tags.get("data_versions", "{}"))
            training_set = names.table_of(names.of_model(model, names.TRAINING_SET))
            made_of[training_set] = json.loads(version.tags.get("training_set_version", "null"))
            for table, number in made_of.items():
                if number is not None:
                    needed[table].add(number)
    return needed


def vacuum_schedule(serving: Mapping[str, ServingSpec]) -> ScheduleDefinition:
    """The schedule ``vacuum_schedule``: each Sunday night, UTC; the argument as of the job."""
    return ScheduleDefinition(
        job=vacuum_job(serving),
        cron_schedule="0 3 * * 0",
        default_status=DefaultScheduleStatus.RUNNING,
        description="Each Sunday at 03:00 UTC, old requests and files are removed.",
    )
