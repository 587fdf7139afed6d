"""The process that follows the registry, kept alive beside the endpoint's workers."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Sequence
from threading import Event, Lock, Thread
from types import TracebackType

STOP_SECONDS = 10.0
LONGEST_PAUSE = 30.0

_log = logging.getLogger("ml_platform.serving.watch_process")


class WatchProcess:
    """Starts the watch on entering, starts it anew whenever it ends, ends it on leaving.

    Args:
        models: those to follow; none stands for all that the registry knows.
    """

    def __init__(self, models: Sequence[str]) -> None:
        self._command = [sys.executable, "-m", "ml_platform.serving.registry_watch", *models]
        self._leaving, self._changing = Event(), Lock()
        self._process = self._started()
        self._keeper = Thread(target=self._keep, name="registry watch", daemon=True)

    def __enter__(self) -> None:
        """Keep it alive from now on."""
        self._keeper.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        with self._changing:  # from here on no other one is started
            self._leaving.set()
            ending = self._process
        ending.terminate()
        try:
            ending.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            ending.kill()
        self._keeper.join()

    def _started(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.DEVNULL)

    def _keep(self) -> None:
        pause = 1.0
        while True:
            code = self._process.wait()
            self._leaving.wait(pause)
            with self._changing:
                if self._leaving.is_set():
                    return
                _log.error("the registry watch ended with %s: it is started anew", code)
                self._process = self._started()
            pause = min(2 * pause, LONGEST_PAUSE)
