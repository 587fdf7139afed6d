"""Which request log an installation has: SQLite files under a folder, or PostgreSQL by address."""

from __future__ import annotations

from pathlib import Path

from ml_platform.stores.request_log.port import LogReader, LogWriter

POSTGRES = ("postgresql://", "postgres://")


def open_writer(where: str, model: str) -> LogWriter:
    """Begin a log of this process.

    Args:
        where: a folder, or the address of a PostgreSQL database.
        model: name of the model.

    Raises:
        LogUnavailable: not possible now.
    """
    if where.startswith(POSTGRES):
        from ml_platform.stores.request_log.postgres_writer import PostgresWriter

        return PostgresWriter(where, model)
    from ml_platform.stores.request_log.sqlite_writer import SqliteWriter

    return SqliteWriter(Path(where), model)


def open_reader(where: str, model: str) -> LogReader:
    """All writers' logs of a model; arguments as for `open_writer`.

    Raises:
        LogUnavailable: the database cannot be reached.
    """
    if where.startswith(POSTGRES):
        from ml_platform.stores.request_log.postgres_reader import PostgresReader

        return PostgresReader(where, model)
    from ml_platform.stores.request_log.sqlite_reader import SqliteReader

    return SqliteReader(Path(where), model)
