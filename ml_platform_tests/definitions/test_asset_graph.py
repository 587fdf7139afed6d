"""The asset graph as it was last agreed on: a change of it is seen in review.

``UPDATE_SNAPSHOTS=1 python -m pytest ml_platform_tests/definitions`` writes it anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from dagster import AssetSpec, DefaultScheduleStatus, DefaultSensorStatus, Definitions
from dagster._core.workspace.load import location_origins_from_yaml_paths

import ml_platform
from ml_platform.core.checks.catalogue import named

SNAPSHOT = Path(__file__).with_name("asset_graph.json")
ROOT = Path(ml_platform.__file__).parents[1]


@pytest.fixture(scope="module")
def defs() -> Definitions:
    from ml_platform.definitions import defs

    return defs


@pytest.fixture(scope="module")
def specs(defs: Definitions) -> list[AssetSpec]:
    return sorted(defs.resolve_all_asset_specs(), key=lambda spec: spec.key)


def shown(defs: Definitions, spec: AssetSpec) -> dict[str, Any]:
    """What a person sees of an asset in the graph."""
    checks = defs.resolve_asset_graph().asset_check_keys
    return {
        "group": spec.group_name,
        "kinds": sorted(spec.kinds),
        "deps": sorted(dep.asset_key.to_user_string() for dep in spec.deps),
        "checks": sorted(check.name for check in checks if check.asset_key == spec.key),
    }


def test_the_graph_is_the_one_that_was_agreed_on(defs: Definitions, specs: list[AssetSpec]) -> None:
    graph = {spec.key.to_user_string(): shown(defs, spec) for spec in specs}
    if os.environ.get("UPDATE_SNAPSHOTS"):
        SNAPSHOT.write_text(json.dumps(graph, indent=2) + "\n", encoding="utf-8")
    assert graph == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_asset_says_what_it_is_whose_it_is_and_where_it_belongs(
    specs: list[AssetSpec],
) -> None:
    for spec in specs:
        name = spec.key.to_user_string()
        assert spec.description, name
        assert len(spec.description) > 30, name
        assert spec.owners, name
        assert spec.group_name not in (None, "default"), name
        assert spec.kinds, name


def test_every_check_says_what_it_demands(defs: Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for key in graph.asset_check_keys:
        assert graph.get(key).description, key


def test_every_check_that_is_loaded_is_in_the_catalogue_as_it_is_there(defs: Definitions) -> None:
    graph = defs.resolve_asset_graph()
    for key in graph.asset_check_keys:
        check = named(key.name)
        assert check.stage == key.asset_key.path[-1], key
        assert graph.get(key).blocking == check.blocking, key
        assert graph.get(key).description == check.demand, key


def test_the_line_from_landing_file_to_champion_is_unbroken(
    defs: Definitions, specs: list[AssetSpec]
) -> None:
    above = {spec.key: {dep.asset_key for dep in spec.deps} for spec in specs}
    reached = {spec.key for spec in specs if spec.key.path[-1] == "champion"}
    while more := {dep for key in reached for dep in above.get(key, ())} - reached:
        reached |= more
    names = {key.to_user_string() for key in reached}
    assert {"flights/landing", "weather/landing", "outcomes/landing"} <= names


def test_the_sensors_run_without_being_switched_on(defs: Definitions) -> None:
    sensors = {sensor.name: sensor for sensor in defs.sensors or ()}
    of_all = {"alerts", "automation", "backfill", "freshness", "landing"}
    of_the_model = {"flight_delay_probe", "flight_delay_request_log", "flight_delay_retraining"}
    assert set(sensors) == of_all | of_the_model
    for name, sensor in sensors.items():
        assert sensor.default_status is DefaultSensorStatus.RUNNING, name
        assert sensor.description, name


def test_the_schedules_run_without_being_switched_on(defs: Definitions) -> None:
    schedules = {schedule.name: schedule for schedule in defs.schedules or ()}
    expected = {"flight_delay_live_parity", "flight_delay_service_report", "vacuum_schedule"}
    assert set(schedules) == expected
    for name, schedule in schedules.items():
        assert schedule.default_status is DefaultScheduleStatus.RUNNING, name
        assert schedule.description, name


def test_the_workspace_file_names_the_code_location() -> None:
    [origin] = location_origins_from_yaml_paths([str(ROOT / "workspace.yaml")])
    assert origin.location_name == "ml_platform"
    assert origin.loadable_target_origin.module_name == "ml_platform.definitions"
