"""The request log in PostgreSQL: one transaction per batch, its commit on the server's disk."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import psycopg2
from psycopg2.extensions import connection
from psycopg2.extras import execute_values

from ml_platform.stores.request_log.port import EncodedRecord, LogUnavailable
from ml_platform.stores.request_log.postgres_connection import NAME, connect, in_plain_words
from ml_platform.stores.request_log.writer_name import new_name

INSERT = f"INSERT INTO {NAME} (model, writer, seq, rows, body) VALUES %s"
HOLD = "SELECT pg_advisory_lock(hashtextextended(%s, 0))"
"""A living writer holds its name locked; the server lets go when the session ends."""


class PostgresWriter:
    """The log of one process and model.

    Whether a commit happened is unknown when the session breaks in the midst of it, and it may
    still happen later. So after any error a new session goes on under a new name, whose rows are
    numbered from 0: nothing can appear behind what the mover has read.
    """

    local = False

    def __init__(self, address: str, model: str) -> None:
        """Open a session.

        Raises:
            LogUnavailable: the server cannot be reached.
        """
        self._address, self._model = address, model
        self._session: connection | None = None
        self._begin()

    def append(self, records: Sequence[EncodedRecord]) -> None:
        """Commit a batch; see `LogWriter`."""
        if self._session is None:
            raise LogUnavailable("request log in PostgreSQL: the session broke")
        rows, seq = [], self._seq
        for count, body in records:
            rows.append((self._model, self.writer, seq, count, psycopg2.Binary(body)))
            seq += count
        try:
            with in_plain_words(), self._session, self._session.cursor() as cursor:
                execute_values(cursor, INSERT, rows, page_size=len(rows))
        except LogUnavailable:
            self._drop()
            raise
        self._seq = seq

    def probe(self) -> None:
        """Open a new session where the last one broke; see `LogWriter`."""
        if self._session is None:
            self._begin()

    def close(self) -> None:
        """Give the name up to the mover."""
        self._drop()

    def _begin(self) -> None:
        session = connect(self._address)
        self.writer, self._seq = new_name(), 0
        try:
            with in_plain_words(), session, session.cursor() as cursor:
                cursor.execute(HOLD, (self.writer,))
        except LogUnavailable:
            session.close()
            raise
        self._session = session

    def _drop(self) -> None:
        if self._session is not None:
            with suppress(psycopg2.Error):  # it is broken already
                self._session.close()
        self._session = None
