"""Hours, days, weeks and months, in a zone and with an offset, from the landed file to features."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetKey,
    AssetSelection,
    DagsterInstance,
    Definitions,
    ExecuteInProcessResult,
    RunRequest,
    define_asset_job,
    in_process_executor,
)
from dagster_pyspark import LazyPySparkResource

from ml_platform.core import names
from ml_platform.lifecycle.features import features_asset
from ml_platform.lifecycle.landing import landing_sensor
from ml_platform.lifecycle.landing_runs import RANGE_END, RANGE_START
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.raw import landing_spec, raw_asset
from ml_platform.lifecycle.validated import validated_asset
from ml_platform.resources.lake_resource import LakeResource
from ml_platform_tests.end_to_end.failures import why_it_failed
from ml_platform_tests.end_to_end.ground import Ground
from ml_platform_tests.end_to_end.loop import TABLES, Loop
from ml_platform_tests.lifecycle.ticks import Ticks

NEW_YORK = "America/New_York"
INPUTS = ("flights", "weather")
LAYERS = (names.raw, names.validated, names.quarantine)
CALENDARS: dict[str, tuple[dict[str, Any], list[str], str]] = {
    # The hour that comes twice, when clocks are put back.
    "hour": (
        {"timezone": NEW_YORK},
        ["2013-11-03-01:00", "2013-11-03-01:00-0500", "2013-11-03-02:00"],
        "2013-11-03-01-0500.csv",
    ),
    # The day of 23 hours.
    "day": (
        {"timezone": NEW_YORK, "offset": "6 hours"},
        ["2013-03-09", "2013-03-10", "2013-03-11"],
        "2013-03-10.csv",
    ),
    "week": ({"offset": "1 day"}, ["2013-01-07", "2013-01-14", "2013-01-21"], "2013-01-14.csv"),
    "month": ({}, ["2013-01-01", "2013-02-01", "2013-03-01"], "2013-02-01.csv"),
}


@pytest.fixture(params=list(CALENDARS))
def every(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def loop(spark: Any, tmp_path: Path, every: str) -> Iterator[Loop]:
    partitions = {"every": every, "start": "2013-01-01", **CALENDARS[every][0]}
    tables = ("weather",) if every == "hour" else TABLES
    with DagsterInstance.ephemeral() as instance:
        yield Loop(tmp_path, instance, {table: {"partitions": partitions} for table in tables})


def land(loop: Loop, table: str, partition: str) -> Path:
    lines = Ground.lines(None, table, partition[:10])  # type: ignore[arg-type]
    path = loop.land(table, partition, "\n".join(lines) + "\n")
    os.utime(path, (0, 0))
    return path


def execute(
    loop: Loop,
    tables: Sequence[str],
    models: Sequence[Model],
    stages: Sequence[tuple[str, ...]],
    run: RunRequest,
) -> ExecuteInProcessResult:
    """Run stages over a range in Dagster, as the sensor asks for it."""
    assets: list[Any] = [features_asset(model) for model in models]
    for source in map(loop.source, tables):
        assets += [landing_spec(source), raw_asset(source), validated_asset(source)]
    job = define_asset_job("stages", AssetSelection.all(), executor_def=in_process_executor)
    lake = LakeResource(root=str(loop.lake.root))
    resources = {"lake": lake, "spark": LazyPySparkResource(spark_config={})}
    definitions = Definitions(assets=assets, jobs=[job], resources=resources)
    return definitions.resolve_job_def("stages").execute_in_process(
        instance=loop.instance,
        asset_selection=[AssetKey(list(stage)) for stage in stages],
        tags={**run.tags, "dagster/run_key": str(run.run_key)},
        raise_on_error=False,
    )


def test_neighbouring_partitions_are_taken_in_together(loop: Loop, every: str) -> None:
    _, keys, name = CALENDARS[every]
    # The contract of flights has the day of a flight, and so no place in an hour.
    tables = ("weather",) if every == "hour" else INPUTS
    models = [] if every == "hour" else [loop.model]
    sources = [loop.source(table) for table in tables]
    calendar = sources[0].calendar
    for key in keys:
        for table in tables:
            land(loop, table, key)
    assert (loop.landing_root / "weather" / name).is_file()
    now = [calendar.window(keys[1]).end]
    sensor = landing_sensor(sources, models, 30, lambda: now[0].timestamp())
    ticks = Ticks(sensor, loop.instance, {"lake": LakeResource(root=str(loop.lake.root))})

    [run], _ = ticks.next()

    assert (run.tags[RANGE_START], run.tags[RANGE_END]) == (keys[0], keys[1])
    stages = [layer(table) for table in tables for layer in LAYERS]
    features = [model.path(names.FEATURES) for model in models]
    assert {AssetKey(list(path)) for path in (*stages, *features)} <= set(run.asset_selection or ())
    result = execute(loop, tables, models, [*stages, *features], run)
    assert result.success, why_it_failed(result)
    for path in ("weather/raw", "weather/validated", *map(names.table_of, features)):
        assert loop.lake.table(path).row_counts() == dict.fromkeys(keys[:2], 20)
    # The third had not ended; later it has, and nothing was restarted.
    now[0] = datetime(2014, 1, 1, tzinfo=UTC)
    assert [run.partition_key for run in ticks.next()[0]] == [keys[2]]
