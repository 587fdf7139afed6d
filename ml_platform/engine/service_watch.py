"""Watches services that should run for ever, and starts anew what ended or hangs."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ml_platform.engine.errors import EngineError, with_log_tail
from ml_platform.engine.service import Service

SILENT_SECONDS = 10.0
"""So long a service may be without an answer; a machine that does much else answers late."""
MUTE_SECONDS = 60.0
"""So long a service may take connections and reply nothing: it may be at work for somebody else."""
ASK_SECONDS = 15.0
"""Between two questions to a service."""
MOST_RESTARTS = 5
WITHIN_SECONDS = 900.0
"""A service that ended so often within this time is not helped by starting it again."""


@dataclass
class ServiceWatch:
    """Looks at services again and again.

    Attributes:
        services: those to watch; all are ready when the watch begins.
        told: told in a sentence what was done.
        ended: called with the name of a service that is gone, before it is started anew.
        clock: seconds that no change of the time of day moves.
    """

    services: Sequence[Service]
    told: Callable[[str], None]
    ended: Callable[[str], None] = lambda name: None
    clock: Callable[[], float] = time.monotonic
    _answered: dict[str, float] = field(default_factory=dict, init=False)
    _replied: dict[str, float] = field(default_factory=dict, init=False)
    _asked: dict[str, float] = field(default_factory=dict, init=False)
    _starting: dict[str, float] = field(default_factory=dict, init=False)
    _restarts: dict[str, deque[float]] = field(default_factory=dict, init=False)

    def look(self) -> None:
        """Ask each service whether it lives and answers, and start anew those that do not.

        Raises:
            EngineError: one of them ended again and again, or does not come up.
        """
        for service in self.services:
            trouble = self._trouble(service)
            if trouble:
                self._restart(service, trouble)

    def _trouble(self, service: Service) -> str | None:
        now = self.clock()
        if ended := service.ended():
            return f"ended unexpectedly ({ended})"
        if service.stopped():
            return "was stopped by a signal"
        starting = self._starting.get(service.name)
        if (service.ready if starting is not None else service.answers)():
            self._answered[service.name] = now
            if starting is not None:
                del self._starting[service.name]
                self._replied[service.name] = now
                self.told(f"The {service.name} runs again after {now - starting:.0f} s.")
            return self._mute(service)
        if starting is not None:
            late = now - starting > service.start_seconds
            return f"was not ready after {service.start_seconds:.0f} s" if late else None
        silent = now - self._answered.setdefault(service.name, now)
        return f"gave no answer for {silent:.0f} s" if silent > SILENT_SECONDS else None

    def _mute(self, service: Service) -> str | None:
        """Ask a service that takes connections now and then whether it replies, too."""
        now = self.clock()
        if now - self._asked.get(service.name, -ASK_SECONDS) < ASK_SECONDS:
            return None
        replies = service.replies()
        # The question itself takes a while.
        self._asked[service.name] = now = self.clock()
        if replies:
            self._replied[service.name] = now
            return None
        mute = now - self._replied.setdefault(service.name, now)
        return f"replied nothing for {mute:.0f} s" if mute > MUTE_SECONDS else None

    def _restart(self, service: Service, trouble: str) -> None:
        now = self.clock()
        before = self._restarts.setdefault(service.name, deque())
        while before and now - before[0] > WITHIN_SECONDS:
            before.popleft()
        if len(before) >= MOST_RESTARTS:
            message = (
                f"The {service.name} {trouble}; it was started anew {len(before)} times in "
                f"{WITHIN_SECONDS / 60:.0f} minutes."
            )
            raise EngineError(with_log_tail(message, service.log))
        before.append(now)
        self.told(f"The {service.name} {trouble}: starting it anew. Its log is {service.log}.")
        service.stop()
        self.ended(service.name)
        service.start()
        self._starting[service.name] = now
