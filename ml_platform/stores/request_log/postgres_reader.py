"""The logs of a model in PostgreSQL as the mover reads them."""

from __future__ import annotations

from typing import Any

from ml_platform.stores.request_log.codec import decode
from ml_platform.stores.request_log.port import LoggedRecord
from ml_platform.stores.request_log.postgres_connection import NAME, connect, in_plain_words

DEAD = "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))"


class PostgresReader:
    """All writers' rows of a model in one table."""

    def __init__(self, address: str, model: str) -> None:
        """Open a session.

        Raises:
            LogUnavailable: the server cannot be reached.
        """
        self._model, self._session = model, connect(address)

    def writers(self) -> list[str]:
        """See `LogReader`."""
        query = f"SELECT DISTINCT writer FROM {NAME} WHERE model = %s ORDER BY writer"
        return [writer for (writer,) in self._query(query, self._model)]

    def read(self, writer: str, start: int, rows: int) -> list[LoggedRecord]:
        """See `LogReader`."""
        query = (
            f"SELECT seq, body FROM {NAME} WHERE model = %s AND writer = %s AND seq >= %s "
            "AND seq < %s ORDER BY seq"
        )
        found = self._query(query, self._model, writer, start, start + rows)
        return [LoggedRecord(seq, decode(bytes(body))) for seq, body in found]

    def rows(self, writer: str, start: int, end: int) -> int:
        """See `LogReader`."""
        query = (
            f"SELECT coalesce(sum(rows), 0) FROM {NAME} WHERE model = %s AND writer = %s "
            "AND seq >= %s AND seq < %s"
        )
        return int(self._query(query, self._model, writer, start, end)[0][0])

    def forget(self, writer: str, end: int) -> bool:
        """Remove what was moved, of a living writer too; see `LogReader`."""
        with in_plain_words(), self._session, self._session.cursor() as cursor:
            cursor.execute(DEAD, (writer,))
            [(dead,)] = cursor.fetchall()
            of_writer = f"DELETE FROM {NAME} WHERE model = %s AND writer = %s AND seq < %s"
            cursor.execute(of_writer, (self._model, writer, end))
            cursor.execute(
                f"SELECT count(*) FROM {NAME} WHERE model = %s AND writer = %s",
                (self._model, writer),
            )
            [(left,)] = cursor.fetchall()
        return bool(dead) and left == 0

    def _query(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with in_plain_words(), self._session, self._session.cursor() as cursor:
            cursor.execute(query, values)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found
