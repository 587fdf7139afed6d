import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import DagsterEventType, DagsterInstance, asset, materialize
from dagster._core.events.log import EventLogEntry

from ml_platform.engine.open_sqlite import MOST_OPEN, OpenSqliteEventLog, storage_settings


@asset
def table() -> int:
    return 1


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[DagsterInstance]:
    overrides = {"storage": storage_settings(tmp_path)}
    with DagsterInstance.local_temp(str(tmp_path), overrides=overrides) as opened:
        yield opened


def said(run: str) -> EventLogEntry:
    return EventLogEntry(
        error_info=None,
        level=20,
        user_message="said",
        run_id=run,
        timestamp=time.time(),
        dagster_event=None,
    )


def test_dagsters_own_storage_reads_what_was_written(
    instance: DagsterInstance, tmp_path: Path
) -> None:
    run = materialize([table], instance=instance).run_id
    assert isinstance(instance.event_log_storage, OpenSqliteEventLog)
    with DagsterInstance.local_temp(str(tmp_path)) as usual:
        assert not isinstance(usual.event_log_storage, OpenSqliteEventLog)
        event = usual.get_latest_materialization_event(table.key)
        assert event is not None
        assert event.run_id == run
        stored = [e.dagster_event_type for e in usual.all_logs(run)]
    assert stored == [e.dagster_event_type for e in instance.all_logs(run)]
    assert DagsterEventType.RUN_SUCCESS in stored


def test_what_dagsters_own_storage_writes_meanwhile_is_seen(
    instance: DagsterInstance, tmp_path: Path
) -> None:
    materialize([table], instance=instance)
    with DagsterInstance.local_temp(str(tmp_path)) as usual:
        run = materialize([table], instance=usual).run_id
    event = instance.get_latest_materialization_event(table.key)
    assert event is not None
    assert event.run_id == run


def test_a_live_view_is_told_of_each_event_though_the_file_stays_open(
    instance: DagsterInstance,
) -> None:
    log = instance.event_log_storage
    log.store_event(said("watched"))
    seen, told = [], threading.Event()

    def look(entry: EventLogEntry, _: str) -> None:
        seen.append(entry.user_message)
        told.set()

    log.watch("watched", None, look)
    log.store_event(said("watched"))
    assert told.wait(10)
    log.end_watch("watched", look)
    assert set(seen) == {"said"}


def test_only_the_last_files_stay_open(instance: DagsterInstance) -> None:
    log = instance.event_log_storage
    assert isinstance(log, OpenSqliteEventLog)
    runs = [f"run{number}" for number in range(2 * MOST_OPEN)]
    for run in runs:
        log.store_event(said(run))
    assert len(log._open) == MOST_OPEN
    assert [len(log.get_logs_for_run(run)) for run in runs] == [1] * len(runs)


def test_threads_store_events_side_by_side(instance: DagsterInstance) -> None:
    log = instance.event_log_storage
    threads = [
        threading.Thread(target=lambda: [log.store_event(said("shared")) for _ in range(20)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.get_logs_for_run("shared")) == 80


def test_a_wiped_log_starts_again(instance: DagsterInstance) -> None:
    log = instance.event_log_storage
    log.store_event(said("old"))
    log.wipe()
    log.store_event(said("new"))
    assert len(log.get_logs_for_run("new")) == 1
    assert log.get_logs_for_run("old") == []
