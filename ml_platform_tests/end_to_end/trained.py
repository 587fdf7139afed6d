"""A week of real flights that went through the loop: the state that many tests begin with."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from sqlite3 import Connection, connect
from typing import Any

from dagster import DagsterInstance, ExecuteInProcessResult
from dagster._core.storage.event_log.in_memory import InMemoryEventLogStorage

from ml_platform.core import names
from ml_platform.demo.flights_landing import FlightsLanding
from ml_platform_tests.end_to_end.failures import why_it_failed
from ml_platform_tests.end_to_end.loop import MODEL, SMALL, TABLES, Loop
from ml_platform_tests.made_once import made_once

FIRST, LAST = "2013-01-01", "2013-01-06"
DAY = "2013-01-07"
"""The day after the history: taken in by itself, scored by the first champion."""
VOLATILE = {"_source_file", "_ingested_at", "scored_at", "computed_at", "request_id"}
"""Columns that another run, or the same run in another folder, fills otherwise."""


EVENTS = "events.db"


@contextlib.contextmanager
def kept_loop(home: Path, empty_registry: Path) -> Iterator[Loop]:
    """The trained loop of a folder, with its event log; made by whoever asks for it first."""
    made_once(home, lambda folder: _make(folder, empty_registry))
    with DagsterInstance.ephemeral() as instance, closing(connect(home / EVENTS)) as kept:
        kept.backup(_event_database(instance))
        yield Loop(home, instance, {MODEL: SMALL})


def _make(home: Path, empty_registry: Path) -> None:
    with trained_loop(home, empty_registry) as loop, closing(connect(home / EVENTS)) as kept:
        _event_database(loop.instance).backup(kept)


def _event_database(instance: DagsterInstance) -> Connection:
    """What an ephemeral instance keeps its events in."""
    storage = instance.event_log_storage
    assert isinstance(storage, InMemoryEventLogStorage)
    database = storage._held_conn.connection.driver_connection
    assert isinstance(database, Connection)
    return database


@contextlib.contextmanager
def trained_loop(
    home: Path, empty_registry: Path, declared: Mapping[str, Any] = SMALL
) -> Iterator[Loop]:
    """Six days in one run over the range, one training, then a day as it comes in life."""
    shutil.copy(empty_registry, home)
    with DagsterInstance.ephemeral() as instance:
        loop = Loop(home, instance, {MODEL: declared})
        landing = FlightsLanding(loop.landing_root)
        for number in range(1, 8):
            landing.land_inputs(date(2013, 1, number))
            landing.land_outcomes(date(2013, 1, number))
        tables = [stage for table in TABLES for stage in stages_of(table)]
        models = [loop.model.path(stage) for stage in (*names.DAILY, *names.ON_LABELS)]
        succeeded(loop.run(*tables, *models, first=FIRST, last=LAST))
        succeeded(loop.run_stages(names.RETRAINING))
        take_in_inputs(loop, DAY)
        take_in_outcomes(loop, DAY)
        yield loop


def stages_of(table: str) -> tuple[tuple[str, ...], ...]:
    """The assets that a landed file of a table becomes."""
    return (names.raw(table), names.validated(table), names.quarantine(table))


def take_in_inputs(loop: Loop, day: str) -> None:
    """What the landing sensor asks for when flights and weather of a day have landed."""
    stages = [stage for table in ("flights", "weather") for stage in stages_of(table)]
    daily = [loop.model.path(stage) for stage in names.DAILY]
    succeeded(loop.run(*stages, *daily, day=day))


def take_in_outcomes(loop: Loop, day: str) -> None:
    """What the landing sensor asks for when the outcomes of a day have landed."""
    labels = [loop.model.path(stage) for stage in names.ON_LABELS]
    succeeded(loop.run(*stages_of("outcomes"), *labels, day=day))


def succeeded(result: ExecuteInProcessResult) -> ExecuteInProcessResult:
    """The result of a run that has to succeed."""
    assert result.success, why_it_failed(result)
    return result


def lasting(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without what is new each time they are written, in an order of their own."""
    kept = [{k: v for k, v in row.items() if k not in VOLATILE} for row in rows]
    return sorted(kept, key=str)
