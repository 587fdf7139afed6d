"""The landing sensor sees each file once, leaves growing ones alone and takes ranges apart."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import DagsterInstance

from ml_platform.core import names
from ml_platform.lifecycle.landing import RANGE_END, RANGE_START, landing_sensor
from ml_platform_tests.end_to_end.loop import MODEL, Loop
from ml_platform_tests.lifecycle.ticks import Ticks

DAYS = ["2013-01-01", "2013-01-02", "2013-01-03"]
# A producer that does not move whole files in: its files must have stopped growing.
WRITTEN_IN_PLACE = {
    table: {"landing": {"format": "csv", "path": f"{table}/{{partition}}.csv"}}
    for table in ("flights", "weather")
}


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    with DagsterInstance.ephemeral() as instance:
        yield Loop(tmp_path, instance, WRITTEN_IN_PLACE)


@pytest.fixture
def ticks(loop: Loop) -> Ticks:
    """Of the sensor over flights alone."""
    return Ticks(landing_sensor([loop.source("flights")], [], 30), loop.instance, {})


def land(
    loop: Loop, day: str, content: str, seconds_ago: float = 60, table: str = "flights"
) -> None:
    path = loop.land(table, day, content)
    then = time.time() - seconds_ago
    os.utime(path, (then, then))


def test_a_backlog_becomes_one_run_over_the_range_and_keeps_its_key_until_it_runs(
    loop: Loop, ticks: Ticks
) -> None:
    for day in DAYS:
        land(loop, day, day)
    [run], _ = ticks.next()
    assert (run.tags[RANGE_START], run.tags[RANGE_END]) == (DAYS[0], DAYS[-1])
    assert run.tags[names.TAG_TRIGGER] == "landing"
    assert ["/".join(key.path) for key in run.asset_selection or ()] == [
        "raw/flights",
        "validated/flights",
        "quarantine/flights",
    ]
    [again], _ = ticks.next()
    assert again.run_key == run.run_key


def test_a_file_is_left_alone_until_it_has_stopped_growing(loop: Loop, ticks: Ticks) -> None:
    land(loop, DAYS[0], "half", seconds_ago=0)
    runs, reason = ticks.next()
    assert runs == []
    assert "may still be growing" in reason
    land(loop, DAYS[0], "half and half")
    [run], _ = ticks.next()
    assert run.partition_key == DAYS[0]


def test_the_same_bytes_again_ask_for_nothing_and_others_for_a_run(
    loop: Loop, ticks: Ticks
) -> None:
    land(loop, DAYS[0], "first", seconds_ago=90)
    [first], _ = ticks.next()
    land(loop, DAYS[0], "first", seconds_ago=60)
    assert ticks.next()[0] == []
    land(loop, DAYS[0], "second", seconds_ago=30)
    [second], _ = ticks.next()
    assert second.partition_key == first.partition_key == DAYS[0]
    assert second.run_key != first.run_key


def test_a_range_that_failed_is_repeated_day_by_day(loop: Loop, ticks: Ticks) -> None:
    for day in DAYS:
        land(loop, day, "")
    [run], _ = ticks.next()
    failed = loop.ingest(
        "flights",
        first=DAYS[0],
        last=DAYS[-1],
        tags={"dagster/run_key": str(run.run_key)},
    )
    assert not failed.success
    for day in DAYS:
        [repeated], _ = ticks.next()
        assert repeated.partition_key == day
        loop.ingest("flights", first=day, last=day, tags={"dagster/run_key": str(repeated.run_key)})
    assert ticks.next()[0] == []


def test_a_folder_among_the_files_holds_up_no_file(loop: Loop, ticks: Ticks) -> None:
    land(loop, DAYS[0], "first")
    (loop.source("flights").landing_root / "flights" / f"{DAYS[1]}.csv").mkdir()
    [run], _ = ticks.next()
    assert run.partition_key == DAYS[0]


def test_a_model_runs_once_all_its_inputs_of_the_day_are_there(loop: Loop) -> None:
    sources = [loop.source("flights"), loop.source("weather")]
    ticks = Ticks(landing_sensor(sources, [loop.model], 30), loop.instance, {})
    land(loop, DAYS[0], "first")
    [run], _ = ticks.next()
    assert not any(MODEL in key.path for key in run.asset_selection or ())
    land(loop, DAYS[0], "first", table="weather")
    [run], _ = ticks.next()
    selected = {key.path[-1] for key in run.asset_selection or () if MODEL in key.path}
    assert selected == set(names.DAILY)
