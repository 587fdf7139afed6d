"""Vacuum: once a week, files that no young version of a table needs are removed."""

from datetime import timedelta

from dagster import (
    DefaultScheduleStatus,
    JobDefinition,
    OpExecutionContext,
    ScheduleDefinition,
    job,
    op,
)

from ml_platform.resources.lake_resource import LakeResource

RETENTION = timedelta(days=7)
"""So long a replaced version can be read back. No write and no read takes nearly so long."""


def vacuum_job() -> JobDefinition:
    """The job ``vacuum`` over every table of the lake."""

    @op(description="Removes old files of every table; the metadata say how many of which.")
    def remove_old_files(context: OpExecutionContext, lake: LakeResource) -> None:
        removed = {table.name: table.vacuum(RETENTION) for table in lake.open().tables()}
        context.add_output_metadata(removed)

    @job(
        name="vacuum",
        description=(
            "Removes the files that no version of a table younger than "
            f"{RETENTION.days} days needs, and what killed writes left behind."
        ),
    )
    def vacuum() -> None:
        remove_old_files()

    return vacuum


def vacuum_schedule() -> ScheduleDefinition:
    """The schedule ``vacuum_schedule``: each Sunday night, UTC."""
    return ScheduleDefinition(
        job=vacuum_job(),
        cron_schedule="0 3 * * 0",
        default_status=DefaultScheduleStatus.RUNNING,
        description="Each Sunday at 03:00 UTC, old files of all tables are removed.",
    )
