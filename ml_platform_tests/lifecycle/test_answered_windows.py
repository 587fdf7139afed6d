"""The windows of a range are read together, and each is what it is alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from dagster import DagsterInstance
from pyspark.sql import SparkSession

from ml_platform.core import names
from ml_platform.lifecycle import answered_windows as part
from ml_platform.lifecycle.answered_windows import answered_windows
from ml_platform.stores.lake_table import LakeTable
from ml_platform_tests.end_to_end.loop import MODEL, Loop

DAYS = [str(date(2013, 1, 1) + timedelta(days=n)) for n in range(12)]
MORNING = datetime(2013, 1, 1, 6, tzinfo=UTC)


def answered(loop: Loop, day: str, number: int, **other: Any) -> dict[str, Any]:
    """A row of the log; of number 7 the same event stands in the log of each day."""
    on = DAYS[0] if number == 7 else day
    row: dict[str, Any] = {name: "x" for name in loop.model.spec.key}
    row |= {"flight_date": date.fromisoformat(on), "flight": number, "sched_dep_time": 600}
    return row | {"partition": day} | other


@pytest.fixture
def loop(tmp_path: Path) -> Loop:
    watched = {"performance": {"window": "3 days", "min_labels": 3}, "segments": ["origin"]}
    made = Loop(tmp_path, DagsterInstance.ephemeral(), {MODEL: {"monitoring": watched}})
    logged, labels = [], []
    for n, day in enumerate(DAYS):
        at = MORNING + timedelta(days=n)
        for number in range(10):
            beside = {
                "role": "champion",
                "status": "ok",
                "source": "batch",
                "logged_at": at,
                "writer": "w",
                "seq": number,
                "sampling_weight": 1.0,
                "model_version": 1 + n // 6,
                "score": (number * 7 + n) % 10 / 10,
                "threshold": 0.5,
                "features": {"origin": "JFK", "carrier": "UA"},
            }
            logged.append(answered(made, day, number, **beside))
            if number % 3 == 0:
                known = {"label": float(n % 2), "labelled_at": at + timedelta(days=1)}
                labels.append(answered(made, day, number, **known))
    for stage, rows in ((names.INFERENCE_LOG, logged), (names.LABELS, labels)):
        table = made.lake.table(made.model.table(stage))
        table.replace_arrow(pa.Table.from_pylist(rows), DAYS)
    return made


def by_end(windows: Iterable[tuple[Sequence[str], Any]]) -> dict[str, Any]:
    return {window[-1]: columns for window, columns in windows}


def test_a_window_that_may_hold_too_few_labels_is_read_further_back(
    loop: Loop, spark: SparkSession
) -> None:
    watched = {"performance": {"window": "3 days", "min_labels": 5}}
    few = loop.having(changes={MODEL: {"monitoring": watched}})

    [(window, columns)] = answered_windows(few.model, few.lake, spark, [DAYS[-1]])

    assert window == DAYS[-5:], "with 4 labels a day, for 4 times the 5 that are needed"
    assert set(columns["partition"]) == set(window)


def test_a_range_gives_what_each_partition_gives_alone(loop: Loop, spark: SparkSession) -> None:
    together = by_end(answered_windows(loop.model, loop.lake, spark, DAYS))
    assert list(together) == DAYS
    for day in DAYS:
        assert together[day] == by_end(answered_windows(loop.model, loop.lake, spark, [day]))[day]
    window = loop.model.calendar.trailing(DAYS[-1], loop.model.spec.monitoring.performance.window)
    # The event that stands in each day's log counts once, as it was answered first in the window.
    assert len(together[DAYS[-1]]["score"]) == 9 * len(window) + 1
    assert set(together[DAYS[-1]]["partition"]) == set(window)


@pytest.mark.parametrize(("at_once", "reads"), [(1_000_000, 2), (150, 6)])
def test_tables_are_read_once_for_as_many_windows_as_fit(
    loop: Loop, spark: SparkSession, monkeypatch: pytest.MonkeyPatch, at_once: int, reads: int
) -> None:
    read: list[str] = []
    reader = LakeTable.read

    def counted(table: LakeTable, *asked: Any, **more: Any) -> Any:
        read.append(table.name)
        return reader(table, *asked, **more)

    monkeypatch.setattr(LakeTable, "read", counted)
    monkeypatch.setattr(part, "ROWS_AT_ONCE", at_once)
    assert len(list(answered_windows(loop.model, loop.lake, spark, DAYS))) == len(DAYS)
    assert len(read) == reads
