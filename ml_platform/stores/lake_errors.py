"""What goes wrong below the lake, said in the user's words."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from ml_platform.core.errors import StoreError

DISK_FULL_SIGNS = ("No space left on device", "os error 28", "Disk quota exceeded")
"""How Java, Rust and the kernel spell it; Spark hands on nothing but the text."""


class NotCommittedError(StoreError):
    """The commit certainly did not happen, so the write's files may go."""


class PartitionChangedError(NotCommittedError):
    """Rows were made from a partition that another writer has changed since: make them again."""


class OffsetMovedError(NotCommittedError):
    """Another writer has moved these rows of a log already: read on from where the table is."""


@contextmanager
def disk_full_in_plain_words(table: str) -> Iterator[None]:
    """Turn a full disk, met by Python, Rust or a Spark task, into a StoreError.

    Any other error passes unchanged: a failing query belongs to the one who wrote it.

    Args:
        table: name of the table that is being written.

    Raises:
        StoreError: when the disk is full.
    """
    try:
        yield
    except Exception as error:
        if not is_disk_full(error):
            raise
        raise disk_full(table) from error


def disk_full(table: str) -> StoreError:
    """The error for a write that found the disk full."""
    return StoreError(
        f"table {table}: the disk is full, nothing was written; the table still holds its last "
        "version. Free some space (vacuum removes files of old versions) and run again."
    )


def is_disk_full(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, says that the disk is full.

    >>> is_disk_full(OSError(errno.ENOSPC, "No space left on device"))
    True
    >>> is_disk_full(ValueError("a bad cast"))
    False
    """
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if any(sign in str(error) for sign in DISK_FULL_SIGNS):
            return True
        error = error.__cause__ or error.__context__
    return False


def first_line(error: BaseException) -> str:
    r"""The message without the backtrace that the Rust library may append.

    >>> first_line(ValueError("bad path\n   0: <unknown>"))
    'bad path'
    """
    return (str(error).splitlines() or [type(error).__name__])[0].strip()
