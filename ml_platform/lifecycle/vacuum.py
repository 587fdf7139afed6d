"""Vacuum: once a week, files are removed that no young version of a table and no model needs."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import timedelta

from dagster import (
    DefaultScheduleStatus,
    JobDefinition,
    OpExecutionContext,
    ScheduleDefinition,
    job,
    op,
)

from ml_platform.core import names
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.model_registry import ModelRegistry

RETENTION = timedelta(days=7)
"""So long a replaced version can be read back. No write and no read takes nearly so long."""


def vacuum_job(models: Sequence[str]) -> JobDefinition:
    """The job ``vacuum`` over every table of the lake.

    Args:
        models: names of the models whose versions must stay rebuildable.
    """

    @op(description="Removes old files of every table; the metadata say how many of which.")
    def remove_old_files(
        context: OpExecutionContext, lake: LakeResource, registry: RegistryResource
    ) -> None:
        needed = needed_versions(registry.open(), models)
        removed = {
            table.name: table.vacuum(RETENTION, needed.get(table.name, ()))
            for table in lake.open().tables()
        }
        context.add_output_metadata(removed)

    @job(
        name="vacuum",
        description=(
            "Removes the files that no version of a table younger than "
            f"{RETENTION.days} days and no registered model version needs, and what killed writes "
            "left behind."
        ),
    )
    def vacuum() -> None:
        remove_old_files()

    return vacuum


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


def vacuum_schedule(models: Sequence[str]) -> ScheduleDefinition:
    """The schedule ``vacuum_schedule``: each Sunday night, UTC."""
    return ScheduleDefinition(
        job=vacuum_job(models),
        cron_schedule="0 3 * * 0",
        default_status=DefaultScheduleStatus.RUNNING,
        description="Each Sunday at 03:00 UTC, old files of all tables are removed.",
    )
