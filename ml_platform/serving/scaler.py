"""Follows the load with the number of workers: looks at what all have in flight, tells uvicorn.

One thread of the process that holds the workers. It speaks by the supervisor's own signals,
SIGTTIN for one worker more and SIGTTOU for one less, as a person can with `kill`
(https://www.uvicorn.org/deployment/).
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from ml_platform.core.scaling import GROW, STAY, Look, ScalingPolicy, remembered, step
from ml_platform.serving.metrics_folder import in_flight_of_all

LOOK_SECONDS: Final = 0.5
SAMPLES: Final = 5
"""Of each look: requests come and go within milliseconds, their mean is what the load is."""

_log = logging.getLogger("ml_platform.serving")


@contextmanager
def following(
    policy: ScalingPolicy, metrics_folder: Path, workers: Callable[[], int]
) -> Iterator[None]:
    """Follow the load for as long as this is open, where the bounds leave room to.

    Args:
        policy: bounds and pace.
        metrics_folder: where all workers count.
        workers: says how many there are, those that still start included.
    """
    if policy.most == policy.least:
        yield
        return
    scaler = Scaler(policy, metrics_folder, workers)
    scaler.start()
    try:
        yield
    finally:
        scaler.stop()


class Scaler(threading.Thread):
    """Adds and drops workers until told to stop."""

    def __init__(
        self, policy: ScalingPolicy, metrics_folder: Path, workers: Callable[[], int]
    ) -> None:
        """Begin with no past; what is given is as for `following`."""
        super().__init__(name="scaler", daemon=True)
        self._policy, self._folder, self._workers = policy, metrics_folder, workers
        self._looks: tuple[Look, ...] = ()
        self._end = threading.Event()
        self._told: str | None = None

    def run(self) -> None:
        """Look and step."""
        while not self._end.is_set():
            load = self._load()
            if load is None:
                continue
            self._looks = remembered(self._policy, self._looks, Look(time.monotonic(), load))
            self._step(load)

    def stop(self) -> None:
        """End the thread, and wait for that."""
        self._end.set()
        self.join()

    def _load(self) -> float | None:
        """Mean number of requests in flight since the last look; None where it cannot be read."""
        found = []
        for _ in range(SAMPLES):
            self._end.wait(LOOK_SECONDS / SAMPLES)
            try:
                found.append(in_flight_of_all(self._folder))
            except OSError as error:
                self._tell(f"the load cannot be read, workers stay as they are: {error}")
                return None
        self._told = None
        return sum(found) / len(found)

    def _tell(self, trouble: str) -> None:
        """Once for as long as it lasts."""
        if trouble != self._told:
            _log.error(trouble)
        self._told = trouble

    def _step(self, load: float) -> None:
        workers = self._workers()
        move = step(self._policy, self._looks, workers)
        if move == STAY or self._end.is_set():
            return
        _log.warning("%.1f requests in flight: %d workers, now %d", load, workers, workers + move)
        os.kill(os.getpid(), signal.SIGTTIN if move == GROW else signal.SIGTTOU)
        self._await_step(workers)

    def _await_step(self, before: int) -> None:
        """Until the supervisor has made the step it would be asked for again."""
        deadline = time.monotonic() + 10.0
        while self._workers() == before and time.monotonic() < deadline:
            if self._end.wait(0.05):
                return
