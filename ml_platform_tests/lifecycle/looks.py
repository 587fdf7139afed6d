"""The probe as the daemon runs it, over an endpoint and a loop of its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from dagster import DagsterInstance, SensorResult, SkipReason, build_sensor_context

from ml_platform.core import names
from ml_platform.core.log_record import LogRecord
from ml_platform.core.service_level.probe import Probe
from ml_platform.lifecycle.alerts import alerts_sensor
from ml_platform.lifecycle.check_history import Finding, findings
from ml_platform.lifecycle.probe import probe_sensor
from ml_platform.resources.alerts_resource import AlertsResource
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.probe_log import ProbeLog
from ml_platform.stores.request_log.where import open_reader
from ml_platform.stores.settings import Settings
from ml_platform_tests.end_to_end.loop import Loop
from ml_platform_tests.lifecycle.ticks import Ticks
from ml_platform_tests.serving.toy_endpoint import (
    MODEL,
)


class Looks:
    """The sensor as the daemon runs it: what it reports is recorded."""

    def __init__(self, home: Path, lake: Path, instance: DagsterInstance, **env: str) -> None:
        self.settings = Settings.from_env({"ML_PLATFORM_HOME": str(home), **env})
        self.loop = Loop(lake, instance, {})
        self.sensor = probe_sensor(self.loop.model, self.settings)
        self.lake = LakeResource(root=str(self.loop.home / "lake"))
        self.log = ProbeLog(self.lake.open(), MODEL)
        self.cursor = ""

    def next(self) -> str:
        """What one look says."""
        context = build_sensor_context(
            instance=self.loop.instance, cursor=self.cursor, resources={"lake": self.lake}
        )
        seen = self.sensor(context)
        if isinstance(seen, SkipReason):
            return str(seen.skip_message)
        assert isinstance(seen, SensorResult)
        self.cursor = seen.cursor or ""
        for event in seen.asset_events:
            self.loop.instance.report_runless_asset_event(event)
        assert seen.skip_reason is not None
        return str(seen.skip_reason.skip_message)

    @property
    def probes(self) -> list[Probe]:
        return self.log.since(datetime.fromtimestamp(0, UTC))

    @property
    def budget(self) -> list[Finding]:
        path = names.of_model(MODEL, names.SERVICE_REPORT)
        return findings(self.loop.instance, path, names.ERROR_BUDGET, 20)


def alerts(looks: Looks) -> Ticks:
    resources = {
        "lake": looks.lake,
        "alert_channels": AlertsResource(
            urls={"ops": []}, file=str(looks.loop.home / "alerts.jsonl")
        ),
    }
    sensor = alerts_sensor([], [looks.loop.model], timedelta(days=1), 30)
    return Ticks(sensor, looks.loop.instance, resources)


def logged(looks: Looks) -> list[LogRecord]:
    """All that the endpoint has in its log."""
    reader = open_reader(looks.settings.request_log, MODEL)
    return [
        each.record for writer in reader.writers() for each in reader.read(writer, 0, 1_000_000)
    ]
