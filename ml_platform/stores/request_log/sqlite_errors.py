"""What SQLite's errors mean for what is on disk."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from ml_platform.stores.request_log.port import LogBroken, LogUnavailable

AS_IT_WAS = frozenset(
    {
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    }
)
"""Result codes (sqlite.org/rescode.html) after which the log holds what it held before."""
PRIMARY = 0xFF
"""Mask of a result code's primary part."""


@contextmanager
def in_plain_words(writer: str) -> Iterator[None]:
    """Tell what can be tried again from what cannot.

    Args:
        writer: whose log it is, for the message.

    Raises:
        LogUnavailable: the log is as it was.
        LogBroken: a write or an fsync failed: what is on disk is unknown.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        later = code in AS_IT_WAS or code & PRIMARY in AS_IT_WAS
        kind = LogUnavailable if later else LogBroken
        raise kind(f"request log {writer}: {error}") from error
    except OSError as error:  # of the folder or the lock, before any record
        raise LogUnavailable(f"request log {writer}: {error}") from error
