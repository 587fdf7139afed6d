"""Where the SQLite logs of a model are: one file per writer, and how each is opened."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

SUFFIX = ".sqlite"
LOCK_SUFFIX = ".lock"


def folder_of(root: Path, model: str) -> Path:
    """The folder of a model's logs."""
    return root / model


def log_path(folder: Path, writer: str) -> Path:
    """A writer's log."""
    return folder / f"{writer}{SUFFIX}"


def lock_path(folder: Path, writer: str) -> Path:
    """The file that a living writer holds locked."""
    return folder / f"{writer}{LOCK_SUFFIX}"


def connect(path: Path, timeout: float) -> sqlite3.Connection:
    """Open a log that is there; transactions are begun and ended by hand.

    Args:
        path: an existing file, which may be empty.
        timeout: seconds to wait for another process' lock.
    """
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=timeout,
        isolation_level=None,
        check_same_thread=False,
    )


def make_folder(folder: Path) -> None:
    """Make a folder whose name itself survives the loss of power."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for made in missing:
        sync_folder(made.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
