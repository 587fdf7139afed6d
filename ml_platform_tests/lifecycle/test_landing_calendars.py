"""The landing sensor asks each table's own calendar, at each tick anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterInstance, Definitions, RunRequest, build_sensor_context
from dagster._core.test_utils import freeze_time

from ml_platform.lifecycle.landing import landing_sensor
from ml_platform.lifecycle.landing_runs import RANGE_END, RANGE_START
from ml_platform.lifecycle.raw import landing_spec, raw_asset
from ml_platform.lifecycle.validated import validated_asset
from ml_platform.resources.lake_resource import LakeResource
from ml_platform_tests.end_to_end.loop import Loop

LOADED = datetime(2026, 1, 10, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


@dataclass
class Project:
    """Tables with calendars of their own, loaded once; ticks come later."""

    loop: Loop
    tables: tuple[str, ...]
    now: datetime = LOADED
    cursor: str | None = None

    def __post_init__(self) -> None:
        with freeze_time(self.now):
            sources = [self.loop.source(table) for table in self.tables]
            self.sensor = landing_sensor(sources, [], 30, lambda: self.now.timestamp())
            assets: list[Any] = []
            for source in sources:
                assets += [landing_spec(source), raw_asset(source), validated_asset(source)]
            self.definitions = Definitions(
                assets=assets,
                sensors=[self.sensor],
                resources={"lake": LakeResource(root=str(self.loop.lake.root)), "spark": object()},
            )

    def land(self, table: str, name: str) -> Path:
        path = self.loop.landing_root / table / f"{name}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{table} {name}")
        os.utime(path, (LONG_AGO, LONG_AGO))
        return path

    def tick(self) -> tuple[list[RunRequest], str]:
        """As the daemon makes it: what it asks for must be partitions that Dagster has."""
        lake = LakeResource(root=str(self.loop.lake.root))
        with freeze_time(self.now):
            repository = self.definitions.get_repository_def()
            context = build_sensor_context(
                instance=self.loop.instance,
                cursor=self.cursor,
                repository_def=repository,
                sensor_name="landing",
                resources={"lake": lake},
            )
            seen = self.sensor.evaluate_tick(context)
        self.cursor = seen.cursor
        return list(seen.run_requests or ()), seen.skip_message or ""


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as found:
        yield found


def project(path: Path, instance: DagsterInstance, **partitions: dict[str, Any]) -> Project:
    changes = {table: {"partitions": each} for table, each in partitions.items()}
    return Project(Loop(path, instance, changes), tuple(partitions))


def days_asked_for(runs: list[RunRequest]) -> list[str]:
    return [
        f"{run.tags[RANGE_START]}..{run.tags[RANGE_END]}"
        if RANGE_START in run.tags
        else str(run.partition_key)
        for run in runs
    ]


def test_a_day_that_ends_after_the_process_started_is_taken_in(
    tmp_path: Path, instance: DagsterInstance
) -> None:
    made = project(tmp_path, instance, flights={"every": "day", "start": "2026-01-09"})
    path = made.land("flights", "2026-01-10")
    runs, reason = made.tick()
    assert runs == []
    assert f"{path} waits for the end of its partition at 2026-01-11 00:00 UTC" in reason

    made.now = datetime(2026, 1, 12, tzinfo=UTC)
    made.land("flights", "2026-01-11")

    assert days_asked_for(made.tick()[0]) == ["2026-01-10..2026-01-11"]


def test_a_file_before_its_tables_start_stops_no_other(
    tmp_path: Path, instance: DagsterInstance
) -> None:
    made = project(
        tmp_path,
        instance,
        flights={"every": "day", "start": "2026-01-01"},
        weather={"every": "day", "start": "2026-01-05"},
    )
    stray = made.land("weather", "2026-01-03")
    made.land("flights", "2026-01-03")

    runs, _ = made.tick()

    assert days_asked_for(runs) == ["2026-01-03"]
    assert {key.path[0] for key in runs[0].asset_selection or ()} == {"flights"}
    runs, reason = made.tick()
    assert runs == []
    assert reason == f"{stray}: weather has no partition 2026-01-03"


def test_the_same_key_of_a_day_and_of_a_month_are_two_runs(
    tmp_path: Path, instance: DagsterInstance
) -> None:
    made = project(
        tmp_path,
        instance,
        flights={"every": "day", "start": "2025-12-01"},
        weather={"every": "month", "start": "2025-11-01"},
    )
    for table in ("flights", "weather"):
        made.land(table, "2025-12-01")

    runs, _ = made.tick()

    assert days_asked_for(runs) == ["2025-12-01", "2025-12-01"]
    assert [{key.path[0] for key in run.asset_selection or ()} for run in runs] == [
        {"flights"},
        {"weather"},
    ]
