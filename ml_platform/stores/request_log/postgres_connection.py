"""The request log's table in PostgreSQL, and how it is reached."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg2
from psycopg2.extensions import connection

from ml_platform.stores.request_log.port import LogUnavailable

CONNECT_SECONDS = 3
STATEMENT_SECONDS = 10
NAME = "request_log"
CREATE = f"""
CREATE TABLE IF NOT EXISTS {NAME} (
  model text NOT NULL,
  writer text NOT NULL,
  seq bigint NOT NULL,
  rows integer NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (model, writer, seq)
)
"""
ONE_MAKES_IT = "SELECT pg_advisory_xact_lock(hashtext('ml_platform_request_log'))"
"""Two sessions that create a table at the same moment fail, IF NOT EXISTS or not."""


def connect(address: str) -> connection:
    """A session whose commits are on the server's disk when they return; the table is there.

    A server that went silent is given up after some seconds, so that nobody waits on it for ever.

    Args:
        address: ``postgresql://...``

    Raises:
        LogUnavailable: the server cannot be reached, or refuses.
    """
    options = f"-c synchronous_commit=on -c statement_timeout={STATEMENT_SECONDS}s"
    with in_plain_words():
        session = psycopg2.connect(
            address,
            connect_timeout=CONNECT_SECONDS,
            options=options,
            tcp_user_timeout=STATEMENT_SECONDS * 1000,
            keepalives_idle=STATEMENT_SECONDS,
        )
        with session, session.cursor() as cursor:
            cursor.execute(ONE_MAKES_IT)
            cursor.execute(CREATE)
        return session


@contextmanager
def in_plain_words() -> Iterator[None]:
    """Tell any error of the database as one after which it is worth to try again.

    The address is left out: it may hold a password.

    Raises:
        LogUnavailable: what was to be written does not count as logged.
    """
    try:
        yield
    except psycopg2.Error as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise LogUnavailable(f"request log in PostgreSQL: {said}") from error
