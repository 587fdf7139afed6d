"""The request log in SQLite: write-ahead log, an fsync per batch, one file per writer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from ml_platform.stores.request_log.port import EncodedRecord, LogUnavailable
from ml_platform.stores.request_log.sqlite_errors import in_plain_words
from ml_platform.stores.request_log.sqlite_files import (
    connect,
    folder_of,
    lock_path,
    log_path,
    make_folder,
    sync_folder,
)
from ml_platform.stores.request_log.writer_lock import WriterLock
from ml_platform.stores.request_log.writer_name import new_name

LOCK_SECONDS = 0.2
"""So long a commit waits for a stranger who locked the file; movers never lock it."""
GROWN_AHEAD = 4 << 20
"""Bytes. A commit into a file that must grow first takes twice as long: its metadata change too."""
ROTATE_AT = 64 << 20
"""Bytes of records in a file; then the next one is begun, so that a moved one can go."""
CREATE = """
CREATE TABLE record (seq INTEGER PRIMARY KEY, rows INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE probe (id INTEGER PRIMARY KEY CHECK (id = 0), at REAL, space BLOB) STRICT;
"""


class SqliteWriter:
    """The log of one process and model under ``<root>/<model>/<writer>.sqlite``."""

    local = True

    def __init__(self, root: Path, model: str, rotate_at: int = ROTATE_AT) -> None:
        """Begin a file of its own.

        Args:
            root: folder of all request logs.
            model: name of the model.
            rotate_at: bytes of records from which on the next file is begun.

        Raises:
            LogUnavailable: the file cannot be made now.
            LogBroken: it was made, but whether it is on disk is unknown.
        """
        self._folder = folder_of(root, model)
        self._rotate_at = rotate_at
        self._file = _LogFile(self._folder)

    @property
    def writer(self) -> str:
        """Name of the file that is written at present."""
        return self._file.name

    def append(self, records: Sequence[EncodedRecord]) -> None:
        """Commit a batch; see `LogWriter`."""
        if self._file.size >= self._rotate_at:
            self._rotate()
        self._file.append(records)

    def probe(self) -> None:
        """See `LogWriter`."""
        self._file.probe()

    def close(self) -> None:
        """Give the file up to the mover."""
        self._file.close()

    def _rotate(self) -> None:
        try:
            begun = _LogFile(self._folder)
        except LogUnavailable:
            return  # the old file serves on; whether it still can, its next commit will tell
        # Changed first: a file that is given up may be removed, and must not be written again.
        former, self._file = self._file, begun
        former.close()


class _LogFile:
    """One file, held locked for as long as it is written."""

    def __init__(self, folder: Path) -> None:
        self.name = new_name()
        self.size = self._seq = 0
        self._path = log_path(folder, self.name)
        with in_plain_words(self.name):
            make_folder(folder)
            self._lock = WriterLock(lock_path(folder, self.name))
            try:
                self._lock.take()
                self._path.touch(mode=0o600)
                self._log = connect(self._path, LOCK_SECONDS)
                self._prepare()
                sync_folder(folder)
            except BaseException:
                self._lock.release()
                raise

    def append(self, records: Sequence[EncodedRecord]) -> None:
        numbered, seq = [], self._seq
        for rows, body in records:
            numbered.append((seq, rows, body))
            seq += rows
        with in_plain_words(self.name):
            self._commit("INSERT INTO record VALUES (?, ?, ?)", numbered)
        self._seq = seq
        self.size += sum(len(body) for _, body in records)

    def probe(self) -> None:
        with in_plain_words(self.name):
            self._commit("REPLACE INTO probe VALUES (0, ?, zeroblob(65536))", [(time.time(),)])

    def close(self) -> None:
        try:
            with in_plain_words(self.name):
                self._log.close()
        finally:
            self._lock.release()

    def _commit(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        if len(rows) == 1:
            self._log.execute(statement, rows[0])
            return
        self._log.execute("BEGIN IMMEDIATE")
        try:
            self._log.executemany(statement, rows)
            self._log.execute("COMMIT")
        finally:
            if self._log.in_transaction:
                self._log.execute("ROLLBACK")

    def _prepare(self) -> None:
        mode = self._log.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        if mode != "wal":  # on a network file system, say
            raise LogUnavailable(f"request log {self._path}: no write-ahead log is possible there")
        self._log.execute("PRAGMA synchronous = FULL")
        self._log.executescript(CREATE)
        self._log.execute("INSERT INTO probe VALUES (0, 0, zeroblob(?))", (GROWN_AHEAD,))
        self._log.execute("UPDATE probe SET space = NULL")
        self._log.execute("PRAGMA wal_checkpoint(RESTART)")
