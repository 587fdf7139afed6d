"""Dagster's SQLite storage with the connections of its event log kept open.

Dagster opens an engine and a connection for each event that it stores and for each question about
events, and closes both: over the hundred events of a daily run that costs half a second. The
files, tables and statements are Dagster's own, so that its usual storage reads the same home.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.event_api import EventHandlerFn
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorageWatchdog
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage, SqliteStorageConfig
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import StaticPool
from watchdog.events import FileSystemEvent
from watchdog.observers import Observer

MOST_OPEN = 8
"""Files kept open: the index, and the runs that were asked about last."""


class OpenSqliteEventLog(SqliteEventLogStorage):
    """Dagster's event log in SQLite, one file per run, the last few of them kept open."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open the log in a folder, which is made where it does not exist."""
        self._open: OrderedDict[str, Engine] = OrderedDict()
        super().__init__(base_dir, inst_data)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        # One connection per file serves all threads: Dagster lets one at a time in.
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Engine:
        if shard not in self._open:
            engine = create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS, "check_same_thread": False},
            )
            self._initdb(engine)
            self._open[shard] = engine
        self._open.move_to_end(shard)
        while len(self._open) > MOST_OPEN:
            self._open.popitem(last=False)[1].dispose()
        return self._open[shard]

    def watch(self, run_id: str, cursor: str | None, callback: EventHandlerFn) -> None:
        """Call back for each new event of a run, as the web server's live view asks for."""
        if not self._obs:
            self._obs = Observer()
            self._obs.start()
        watchdog = _WriteAheadWatchdog(self, run_id, callback, cursor)
        watched = self._obs.schedule(watchdog, self._base_dir, recursive=True)
        self._watchers[run_id][callback] = (watchdog, watched)

    def wipe(self) -> None:
        """Remove all events; the files of runs with them."""
        self._close()
        super().wipe()

    def dispose(self) -> None:
        """Close all files."""
        self._close()
        super().dispose()

    def _close(self) -> None:
        with self._db_lock:
            while self._open:
                self._open.popitem()[1].dispose()


class _WriteAheadWatchdog(SqliteEventLogStorageWatchdog):
    """Looks at the write-ahead log too: a file that stays open is itself written only at times."""

    @property
    def patterns(self) -> list[str]:
        return [self._log_path, f"{self._log_path}-wal"]

    def on_modified(self, event: FileSystemEvent) -> None:
        self._process_log()


class OpenSqliteStorage(DagsterSqliteStorage):
    """Dagster's SQLite storage of runs, events and schedules, with `OpenSqliteEventLog`."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open the storage in a folder, which is made where it does not exist."""
        super().__init__(base_dir, inst_data)
        self._event_log_storage = OpenSqliteEventLog(self._event_log_storage._base_dir)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: SqliteStorageConfig
    ) -> OpenSqliteStorage:
        """Make the storage from what ``dagster.yaml`` says."""
        return cls.from_local(inst_data=inst_data, **config_value)


def storage_settings(home: Path) -> dict[str, Any]:
    """The entry ``storage`` of ``dagster.yaml``, for an instance in a folder."""
    config = {"base_dir": str(home)}
    return {"custom": {"module": __name__, "class": "OpenSqliteStorage", "config": config}}
