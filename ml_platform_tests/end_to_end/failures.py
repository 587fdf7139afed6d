"""Why a run failed, in the words of its steps."""

from __future__ import annotations

from dagster import DagsterEventType, ExecuteInProcessResult


def why_it_failed(result: ExecuteInProcessResult) -> str:
    """The messages of the steps that failed in a run, causes first."""
    said = []
    for event in result.all_events:
        if event.event_type is DagsterEventType.STEP_FAILURE:
            error = event.step_failure_data.error
            while error is not None:
                said.insert(0, error.message)
                error = error.cause
    return "\n".join(said)
