"""A clock that every process of a soak reads, and that the driver alone moves."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

HOOK = Path(__file__).parent / "hook"


class MovedClock:
    """The time of day of a soak: the real one, moved by an offset that is kept in a file.

    It must stay before the real time: what keeps the real time (files, SQLite's own defaults, the
    Java machine) then only ever looks newer than it is.
    """

    def __init__(self, file: Path, begin: datetime) -> None:
        """Begin at a moment."""
        self._file = file
        self._offset = 0.0
        self.move_to(begin)

    def now(self) -> float:
        """Seconds since the epoch, as the processes of the soak see it."""
        return time.time() + self._offset

    def moment(self) -> datetime:
        """The same as a moment in UTC."""
        return datetime.fromtimestamp(self.now(), UTC)

    def move_to(self, moment: datetime) -> None:
        """Show this moment from now on."""
        self._offset = moment.timestamp() - time.time()
        assert self._offset < 0, "a soak stays in the past"
        fresh = self._file.with_suffix(".new")
        fresh.write_text(repr(self._offset))
        fresh.replace(self._file)  # whole at any moment: fifteen processes read it all the time

    def environment(self) -> dict[str, str]:
        """What a process needs to see this clock."""
        return {"SOAK_CLOCK": str(self._file), "SOAK_HOOK": str(HOOK)}

    def stamp(self, path: Path) -> None:
        """Let a file look as written now."""
        os.utime(path, (self.now(), self.now()))
