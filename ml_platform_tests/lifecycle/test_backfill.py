"""A model over tables with a history: the sensor gives it that history, and says how far it is."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterInstance, RunRequest

from ml_platform.core import names
from ml_platform.demo.flights_landing import FlightsLanding
from ml_platform.lifecycle.backfill import backfill_sensor
from ml_platform.resources.lake_resource import LakeResource
from ml_platform_tests.end_to_end.loop import MODEL, SMALL, TABLES, Loop
from ml_platform_tests.end_to_end.trained import stages_of, succeeded
from ml_platform_tests.lifecycle.ticks import Ticks

DAYS = ["2013-01-01", "2013-01-02", "2013-01-03"]


@pytest.fixture(scope="module")
def history(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loop]:
    """Three days of tables that no model was declared over."""
    with DagsterInstance.ephemeral() as instance:
        loop = Loop(tmp_path_factory.mktemp("history"), instance, {MODEL: SMALL})
        landing = FlightsLanding(loop.landing_root)
        for number in range(1, 4):
            landing.land_inputs(date(2013, 1, number))
            landing.land_outcomes(date(2013, 1, number))
        tables = [stage for table in TABLES for stage in stages_of(table)]
        succeeded(loop.run(*tables, first=DAYS[0], last=DAYS[-1]))
        yield loop


def ticks(loop: Loop, at_once: int) -> Ticks:
    lake = LakeResource(root=str(loop.home / "lake"))
    return Ticks(backfill_sensor([loop.model], 30, at_once), loop.instance, {"lake": lake})


def run(loop: Loop, asked: RunRequest) -> bool:
    """What the daemon does with a request."""
    assert asked.asset_selection is not None
    return loop.run(
        *(tuple(key.path) for key in asked.asset_selection),
        tags=dict(asked.tags) | {"dagster/run_key": str(asked.run_key)},
        day=asked.partition_key,
    ).success


def test_a_history_is_made_range_by_range_and_then_nothing_is_asked_for(history: Loop) -> None:
    looks = ticks(history, at_once=2)
    [first], _ = looks.next()
    assert run(history, first)
    features = history.lake.table(history.model.table(names.FEATURES))
    assert features.partitions() == DAYS[1:]
    [second], _ = looks.next()
    assert second.partition_key == DAYS[0]
    assert run(history, second)
    assert looks.next() == ([], "every model has the history of its tables")
    events = history.lake.table("flights/validated").row_counts()
    assert features.row_counts() == events
    assert history.lake.table(history.model.table(names.LABELS)).partitions() == DAYS


def test_a_range_that_fails_is_told_and_not_asked_for_again(history: Loop, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(history.home, home)
    shutil.rmtree(home / "lake" / MODEL, ignore_errors=True)
    shutil.rmtree(home / "lake" / "weather" / "validated" / "_delta_log")
    with DagsterInstance.ephemeral() as instance:
        loop = history.having(home=home, instance=instance)
        assert ticks(loop, 5).next() == ([], "every model has the history of its tables")
        shutil.copytree(
            history.home / "lake" / "weather" / "validated" / "_delta_log",
            home / "lake" / "weather" / "validated" / "_delta_log",
        )
        [asked], _ = ticks(loop, 5).next()
        for file in (home / "lake" / "flights" / "validated").rglob("*.parquet"):
            file.write_bytes(b"no longer")
        assert not run(loop, asked)
        requests, said = ticks(loop, 5).next()
        assert requests == []
        assert said.startswith(
            f"{MODEL}: 0 of 3 partitions are made; 2013-01-01 to 2013-01-03 are next, and failed:"
        )
