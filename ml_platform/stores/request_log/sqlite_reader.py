"""The SQLite logs of a model as the mover reads them, while their writers go on."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from ml_platform.stores.request_log.codec import decode
from ml_platform.stores.request_log.port import LoggedRecord
from ml_platform.stores.request_log.sqlite_errors import in_plain_words
from ml_platform.stores.request_log.sqlite_files import (
    SUFFIX,
    connect,
    folder_of,
    lock_path,
    log_path,
)
from ml_platform.stores.request_log.writer_lock import WriterLock

LOCK_SECONDS = 10.0
"""So long a read waits while another process recovers the log of a writer that was killed."""
IS_MADE = "SELECT 1 FROM sqlite_master WHERE name = 'record'"


class SqliteReader:
    """All logs under ``<root>/<model>``."""

    def __init__(self, root: Path, model: str) -> None:
        self._folder = folder_of(root, model)

    def writers(self) -> list[str]:
        """See `LogReader`."""
        return sorted(path.stem for path in self._folder.glob(f"*{SUFFIX}"))

    def read(self, writer: str, start: int, rows: int) -> list[LoggedRecord]:
        """See `LogReader`."""
        query = "SELECT seq, body FROM record WHERE seq >= ? AND seq < ? ORDER BY seq"
        found = self._query(writer, query, (start, start + rows))
        return [LoggedRecord(seq, decode(body)) for seq, body in found]

    def rows(self, writer: str, start: int, end: int) -> int:
        """See `LogReader`."""
        query = "SELECT rows, NULL FROM record WHERE seq >= ? AND seq < ?"
        return sum(rows for rows, _ in self._query(writer, query, (start, end)))

    def forget(self, writer: str, end: int) -> bool:
        """See `LogReader`."""
        lock = WriterLock(lock_path(self._folder, writer))
        try:
            if not lock.take():
                return False
            behind = "SELECT seq, NULL FROM record WHERE seq >= ? LIMIT 1"
            if self._query(writer, behind, (end,)):
                return False
            self._remove(writer)
            return True
        finally:
            lock.release()

    def _query(
        self, writer: str, query: str, values: tuple[int, ...]
    ) -> list[tuple[int, bytes | None]]:
        """Ask a log; one that is gone or only being made holds nothing."""
        path = log_path(self._folder, writer)
        if not path.exists():
            return []
        with in_plain_words(writer), closing(connect(path, LOCK_SECONDS)) as log:
            if not log.execute(IS_MADE).fetchone():
                return []
            return log.execute(query, values).fetchall()

    def _remove(self, writer: str) -> None:
        # The lock goes last: whatever else is left after a kill is found, and removed, again.
        path = log_path(self._folder, writer)
        for each in (f"{path}-wal", f"{path}-shm", path, lock_path(self._folder, writer)):
            Path(each).unlink(missing_ok=True)
