"""One evaluation of a sensor after another, as the daemon does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dagster import (
    DagsterInstance,
    RunRequest,
    SensorDefinition,
    SensorResult,
    SkipReason,
    build_sensor_context,
)


@dataclass
class Ticks:
    """A sensor with the cursor it keeps between two evaluations."""

    sensor: SensorDefinition
    instance: DagsterInstance
    resources: Mapping[str, Any]
    cursor: str | None = None

    def next(self) -> tuple[list[RunRequest], str]:
        """The runs that one evaluation asks for, and why it asks for none."""
        context = build_sensor_context(
            instance=self.instance, cursor=self.cursor, resources=dict(self.resources)
        )
        seen = self.sensor(context)
        if isinstance(seen, SensorResult):
            # The daemon refuses a result that says again what the context was told.
            assert not (seen.cursor and context.cursor_updated)
            self.cursor = seen.cursor or context.cursor
            return list(seen.run_requests or ()), ""
        assert isinstance(seen, SkipReason)
        self.cursor = context.cursor
        return [], str(seen.skip_message)
