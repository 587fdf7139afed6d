"""Records that are accepted and not on disk yet: how many, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from ml_platform.stores.request_log.port import EncodedRecord

Waiting = tuple[EncodedRecord, "asyncio.Future[None]"]


class LogQueue:
    """What waits for the next commit, and what is being committed."""

    def __init__(self, now: Callable[[], float]) -> None:
        """Begin empty; `now` is a clock in seconds that never goes back."""
        self._now = now
        self._next: list[Waiting] = []
        self._committing: list[Waiting] = []
        self._next_since = self._committing_since = 0.0

    def __len__(self) -> int:
        """All records that are not on disk."""
        return len(self._next) + len(self._committing)

    @property
    def next(self) -> int:
        """Those that no commit has taken yet."""
        return len(self._next)

    @property
    def oldest_seconds(self) -> float:
        """Age of the oldest; 0 where there is none."""
        if not len(self):
            return 0.0
        return self._now() - (self._committing_since if self._committing else self._next_since)

    def add(self, waiting: Waiting) -> None:
        """Have a record wait for the next commit."""
        if not self._next:
            self._next_since = self._now()
        self._next.append(waiting)

    def take(self) -> list[Waiting]:
        """All that waits, which is being committed from now on."""
        self._committing, self._committing_since = self._next, self._next_since
        self._next = []
        return self._committing

    def settle(self, all_of_them: bool) -> list[Waiting]:
        """What was being committed, and where asked for all that came meanwhile too: it is over."""
        over, self._committing = self._committing, []
        if all_of_them:
            over, self._next = [*over, *self._next], []
        return over
