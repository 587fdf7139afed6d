"""The worker processes of an endpoint: started, watched, replaced, sent away.

uvicorn's own supervisor, with what an endpoint under load needs besides: nobody waits for a worker
that leaves; one that dies comes back at once, and ever later where it does not become ready.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from socket import socket
from typing import Final

from uvicorn import Config
from uvicorn.supervisors.multiprocess import Multiprocess

from ml_platform.core.errors import UserError
from ml_platform.serving.worker_process import WorkerProcess

LONGEST_PAUSE: Final = 30.0

_log = logging.getLogger("ml_platform.serving")


class NoWorkerStarts(UserError):
    """The first workers ended before they could answer: the reason is above it in the log."""


@dataclass(slots=True)
class _Failures:
    """Workers that ended before they were ready, one after the other."""

    count: int = 0
    not_before: float = 0.0

    def add(self) -> float:
        """Count one, and return the pause before the next start: doubled each time."""
        self.count += 1
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (self.count - 1))
        self.not_before = time.monotonic() + pause
        return pause


class Workers(Multiprocess):
    """All workers of an endpoint; `run` returns when they are told to end."""

    processes: list[WorkerProcess]

    def __init__(self, config: Config, sockets: list[socket]) -> None:
        """Take over the signals of this process.

        Args:
            config: uvicorn's, with the number of workers to begin with.
            sockets: that all workers accept from.
        """
        super().__init__(config, sockets)
        self._failures = _Failures()
        self._leaving: list[WorkerProcess] = []
        self._was_ready = False
        self._no_start = False

    @property
    def wanted(self) -> int:
        """How many there are to be; one that died and waits to be replaced counts."""
        return self.processes_num

    def run(self) -> None:
        """Serve until told to end.

        Raises:
            NoWorkerStarts: not one of the first workers could.
        """
        super().run()
        if self._no_start:
            raise NoWorkerStarts("No worker of the endpoint could start; its log above says why.")

    def init_processes(self) -> None:
        """Start the first ones."""
        for _ in range(self.processes_num):
            self._start()

    def keep_subprocess_alive(self) -> None:
        """Replace who died, and bury who left."""
        if self.should_exit.is_set():
            return
        self._leaving = [each for each in self._leaving if each.process.is_alive()]
        for each in list(self.processes):
            before = each.ready
            if not each.lives():
                self._lost(each)
            elif each.ready and not before:
                self._was_ready, self._failures = True, _Failures()
        while len(self.processes) < self.processes_num and not self.should_exit.is_set():
            if time.monotonic() < self._failures.not_before:
                return
            self._start()

    def restart_all(self) -> None:
        """Put a new worker in the place of each, one after the other; by SIGHUP.

        So a renewed certificate is shown without an answer less.
        """
        for old in list(self.processes):
            new = WorkerProcess(self.config, self.sockets)
            new.start()
            if not new.await_ready(self.should_exit):
                new.kill()
                new.join()
                _log.error("worker %d did not get ready, the former ones stay", new.pid)
                return
            self.processes[self.processes.index(old)] = new
            self._send_away(old)

    def handle_ttin(self) -> None:
        """One worker more."""
        self.processes_num += 1
        if time.monotonic() >= self._failures.not_before:
            self._start()

    def handle_ttou(self) -> None:
        """One worker less: it finishes what it has, and nobody waits for it."""
        if self.processes_num <= 1:
            return
        self.processes_num -= 1
        if len(self.processes) > self.processes_num:
            self._send_away(self.processes.pop())

    def join_all(self) -> None:
        """Wait for those that leave, too."""
        super().join_all()
        for each in self._leaving:
            each.join()

    def _send_away(self, worker: WorkerProcess) -> None:
        worker.terminate()
        self._leaving.append(worker)

    def _start(self) -> None:
        worker = WorkerProcess(self.config, self.sockets)
        worker.start()
        self.processes.append(worker)

    def _lost(self, worker: WorkerProcess) -> None:
        worker.kill()
        worker.join()
        self.processes.remove(worker)
        if worker.ready:
            _log.error("worker %d ended (%s); another one starts", worker.pid, worker.exitcode)
            return
        pause = self._failures.add()
        _log.error(
            "worker %d ended before it was ready (%s); the next one starts in %.1f s",
            *(worker.pid, worker.exitcode, pause),
        )
        if not self._was_ready and self._failures.count >= self.processes_num + 2:
            self._no_start = True
            self.should_exit.set()
