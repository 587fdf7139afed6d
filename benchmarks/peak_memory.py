"""The greatest memory that a process and its children hold while something runs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

_EVERY_SECONDS = 0.05


class PeakMemory:
    """Megabytes at the peak: of Python (driver and Spark's workers), and of all with the JVM.

    Pages of files are left out, which the system keeps as long as it likes.
    """

    def __init__(self) -> None:
        self.python = 0.0
        self.all = 0.0

    @contextmanager
    def watching(self) -> Iterator[PeakMemory]:
        """Sample while this is open."""
        done = threading.Event()
        thread = threading.Thread(target=self._sample, args=(done,))
        thread.start()
        try:
            yield self
        finally:
            done.set()
            thread.join()

    def _sample(self, done: threading.Event) -> None:
        process = psutil.Process()
        while not done.wait(_EVERY_SECONDS):
            held = {"java": 0.0, "python": 0.0}
            for each in (process, *process.children(recursive=True)):
                with suppress(psutil.NoSuchProcess):
                    memory = each.memory_info()
                    kind = "java" if "java" in each.name() else "python"
                    held[kind] += (memory.rss - memory.shared) / 2**20
            self.python = max(self.python, held["python"])
            self.all = max(self.all, sum(held.values()))
