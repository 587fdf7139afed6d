"""One supervisor per home: two would run every sensor twice over the same state."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import TextIO

from ml_platform.engine.errors import EngineError


class HomeLock:
    """A lock that the operating system releases when its holder ends, however it ends."""

    def __init__(self, home: Path) -> None:
        self.path = home / "run" / "engine.lock"
        self._file: TextIO | None = None

    def acquire(self) -> None:
        """Take the lock and write this process's id into it.

        Raises:
            EngineError: another process holds it.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self.path.open("a+")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            holder = self._file.read().strip() or "unknown"
            self.release()
            raise EngineError(
                f"ml_platform already runs over {self.path.parent.parent} (process {holder}). "
                "Stop it first, or name another folder with ML_PLATFORM_HOME."
            ) from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let go of the lock; harmless when it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None
