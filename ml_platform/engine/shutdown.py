"""What is said of the runs that the end of the platform ends."""

from __future__ import annotations

from pathlib import Path

from ml_platform.core.names import TAG_ENDED_BY_SHUTDOWN


def tag_runs_at_work(dagster_home: Path) -> int:
    """Mark each run that has not ended: its process is about to be ended with the platform.

    Such a run is repeated after the next start like any whose process died, and nobody is paged.

    Args:
        dagster_home: Dagster's instance folder.

    Returns:
        how many were marked.
    """
    from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

    at_work = [
        DagsterRunStatus.STARTING,
        DagsterRunStatus.STARTED,
        DagsterRunStatus.CANCELING,
    ]
    with DagsterInstance.from_config(str(dagster_home)) as instance:
        runs = instance.get_runs(RunsFilter(statuses=at_work))
        for run in runs:
            instance.add_run_tags(run.run_id, {TAG_ENDED_BY_SHUTDOWN: run.run_id})
    return len(runs)
