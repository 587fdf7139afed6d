"""The demo starts from nothing: what an earlier demo left goes, while nobody else is there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ml_platform.core.errors import UserError
from ml_platform.engine.home_lock import HomeLock

MARK = "demo"
"""The folder in a home that says a demo made it."""


@contextmanager
def fresh_home(home: Path) -> Iterator[None]:
    """Hold a home that was emptied, until the caller has put into it what it starts with.

    The lock is let go at the end, for the supervisor to take it.

    Raises:
        UserError: the home holds state that no demo made; it is left as it is.
        EngineError: ml_platform runs over this home; not a file of it is touched.
    """
    lock = HomeLock(home)
    _require_own(home, lock)
    lock.acquire()
    try:
        _empty(home, lock)
        yield
    finally:
        lock.release()


def _require_own(home: Path, lock: HomeLock) -> None:
    if not (home / MARK).exists() and any(_state(home, lock)):
        raise UserError(
            f"{home} holds state that no demo made, and the demo starts from nothing: "
            "set ML_PLATFORM_HOME to another folder"
        )


def _empty(home: Path, lock: HomeLock) -> None:
    """Remove everything but the lock that is held; the mark goes last, so a kill is no trap."""
    mark = home / MARK
    for each in sorted(_state(home, lock), key=lambda path: path == mark):
        shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
    mark.mkdir()


def _state(home: Path, lock: HomeLock) -> list[Path]:
    kept = lock.path.parent
    return [each for each in home.iterdir() if each != kept] if home.exists() else []
