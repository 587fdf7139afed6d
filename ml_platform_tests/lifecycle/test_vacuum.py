"""Every table of a real lake is vacuumed, and the run says what it removed of which."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from dagster import DagsterInstance, DefaultScheduleStatus

from ml_platform.core import names
from ml_platform.core.service_level.probe import Probe
from ml_platform.core.serving_spec import ServingSpec
from ml_platform.lifecycle.vacuum import (
    RETENTION,
    forget_probes,
    forget_requests,
    needed_versions,
    vacuum_job,
    vacuum_schedule,
)
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.stores.lake import Lake, LakeTable
from ml_platform.stores.probe_log import ProbeLog
from ml_platform_tests.end_to_end.loop import MODEL, Loop

DAY = "2013-01-01"


def written(lake: Lake, name: str) -> LakeTable:
    table = lake.table(name)
    table.replace_arrow(pa.table({"value": [1, 2], "partition": [DAY, DAY]}), [DAY])
    return table


def left_behind(table: LakeTable, name: str, age: timedelta) -> Path:
    """A file that a killed write left beside those of the table."""
    path = table.root / f"partition={DAY}" / f"{name}.parquet"
    path.touch()
    then = time.time() - age.total_seconds()
    os.utime(path, (then, then))
    return path


def test_old_files_go_from_every_table_and_young_ones_and_rows_stay(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path / "lake"))
    flights, features = written(lake, "flights/raw"), written(lake, "flight_delay/features")
    old = [left_behind(flights, f"old{n}", RETENTION + timedelta(hours=2)) for n in range(2)]
    young = left_behind(features, "young", RETENTION - timedelta(hours=2))

    with DagsterInstance.ephemeral() as instance:
        result = vacuum_job({"no_version_yet": ServingSpec()}).execute_in_process(
            instance=instance,
            resources={
                "lake": LakeResource(root=str(lake.root)),
                "registry": RegistryResource(
                    tracking_uri=f"sqlite:///{tmp_path}/mlflow.db",
                    artifact_root=str(tmp_path / "artifacts"),
                ),
            },
        )

    [output] = [e for e in result.all_node_events if e.event_type_value == "STEP_OUTPUT"]
    said = {name: value.value for name, value in output.step_output_data.metadata.items()}
    assert said == {"flight_delay/features": 0, "flights/raw": 2}
    assert not any(path.exists() for path in old)
    assert young.exists()
    assert flights.read_arrow().num_rows == features.read_arrow().num_rows == 2


def test_answered_requests_go_when_they_were_kept_as_long_as_declared(tmp_path: Path) -> None:
    lake, now = Lake(str(tmp_path)), datetime(2026, 6, 1, tzinfo=UTC)
    log = lake.table("m/inference_log")
    ages = {"online": (1, 29, 31, 400), "batch": (1, 400)}
    log.replace_arrow(
        pa.table(
            {
                "source": [source for source, days in ages.items() for _ in days],
                "logged_at": [now - timedelta(days=d) for days in ages.values() for d in days],
                "partition": ["a", "a", "a", "b", "b", "b"],
            }
        ),
        ["a", "b"],
    )

    gone = forget_requests(lake, {"m": timedelta(days=30), "never": timedelta(days=1)}, now)

    rows = log.read_arrow().to_pylist()
    left = sorted((row["source"], (now - row["logged_at"]).days) for row in rows)
    assert left == [("batch", 1), ("batch", 400), ("online", 1), ("online", 29)]
    assert gone == {"m/inference_log: rows": 2}
    assert forget_requests(lake, {"m": timedelta(days=30)}, now) == {}


def test_probes_go_after_two_windows_and_never_within_a_week(tmp_path: Path) -> None:
    lake, now = Lake(str(tmp_path)), datetime(2026, 6, 1, tzinfo=UTC)
    for model, ages in {"long": (1, 59, 61, 400), "short": (1, 6, 8)}.items():
        for days in ages:
            ProbeLog(lake, model).append(Probe(now - timedelta(days=days), ok=True))

    windows = {"long": timedelta(days=30), "short": timedelta(hours=1), "never": timedelta(days=1)}
    gone = forget_probes(lake, windows, now)

    assert gone == {"long/probes: rows": 2, "short/probes: rows": 1}
    kept = {
        model: [
            (now - probe.at).days
            for probe in ProbeLog(lake, model).since(datetime.min.replace(tzinfo=UTC))
        ]
        for model in ("long", "short")
    }
    assert kept == {"long": [59, 1], "short": [6, 1]}
    assert forget_probes(lake, windows, now) == {}


def test_what_a_registered_version_was_made_of_is_needed(trained: Loop) -> None:
    champion = trained.registry.champion(MODEL)
    assert champion is not None
    needed = needed_versions(trained.registry, [MODEL])
    made_of = json.loads(champion.tags["data_versions"])
    assert made_of
    assert all(number in needed[table] for table, number in made_of.items())
    training_set = trained.model.table(names.TRAINING_SET)
    assert int(champion.tags["training_set_version"]) in needed[training_set]


def test_it_runs_each_week_without_being_switched_on() -> None:
    schedule = vacuum_schedule({})
    assert schedule.default_status is DefaultScheduleStatus.RUNNING
    assert schedule.cron_schedule == "0 3 * * 0"
