"""`ml-platform up` as a user launches it: started, asked, killed in parts, started again."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

import psutil

WAIT_SECONDS = 900.0
"""An order of magnitude beyond what anything here takes on two slow cores."""

PARTS = {
    "spark server": "SparkConnectServer",
    "run server": "ml_platform.engine.run_server",
    "code server": "code-server",
    "daemon": "dagster._daemon",
    "web server": "dagster_webserver",
    "endpoint": "ml_platform.cli serve",
    "registry watch": "registry_watch",
}
"""What a part of the platform is called here, and what its command line holds."""


class StandsStill(AssertionError):
    """What was waited for did not come."""


def wait_for(what: str, done: Callable[[], bool], seconds: float = WAIT_SECONDS) -> float:
    """Wait for something, and return how many seconds it took."""
    begun = time.monotonic()
    while not done():
        if time.monotonic() - begun > seconds:
            raise StandsStill(f"waited {seconds:.0f} s for: {what}")
        time.sleep(0.25)
    return time.monotonic() - begun


class Platform:
    """One installation that is started and killed.

    Args:
        project: the folder to start from, first on the path.
        home: its state.
        environment: what its processes see besides.
    """

    def __init__(self, project: Path, home: Path, environment: Mapping[str, str]) -> None:
        self.project, self.home = project, home
        path = os.pathsep.join([str(project), environment["SOAK_HOOK"]])
        self._environment = {
            **os.environ,
            **environment,
            "ML_PLATFORM_HOME": str(home),
            "ML_PLATFORM_TICK_SECONDS": "5",
            "PYTHONPATH": path,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._screen: IO[bytes] | None = None
        self.starts = 0

    @property
    def screen(self) -> Path:
        """What the command has printed, all of its starts together."""
        return self.home.parent / "screen.txt"

    def start(self) -> float:
        """Start it and return the seconds until it says that it runs."""
        told = self._printed("Running")
        self._screen = self.screen.open("ab")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ml_platform.cli", "up"],
            cwd=self.project,
            env=self._environment,
            stdout=self._screen,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        self.starts += 1
        return wait_for("the platform runs", lambda: self._runs(told))

    def stop(self) -> float:
        """Ask it to stop and return the seconds until it is gone."""
        assert self._process is not None
        begun = time.monotonic()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(WAIT_SECONDS)
        self._screen.close()  # type: ignore[union-attr]
        return time.monotonic() - begun

    def kill(self) -> None:
        """Kill the command itself and wait until nothing of it is left."""
        assert self._process is not None
        children = [child.pid for _, child in self.processes()]
        self._process.kill()
        self._process.wait(WAIT_SECONDS)
        wait_for("its children end with it", lambda: not any(map(psutil.pid_exists, children)))

    def kill_part(self, name: str) -> bool:
        """Kill one part; false where there is none at the moment."""
        part = next((child for found, child in self.processes() if found == name), None)
        if part is None:
            return False
        with contextlib.suppress(psutil.NoSuchProcess):
            part.kill()
        return True

    def processes(self) -> Iterator[tuple[str, psutil.Process]]:
        """Every process below the command, with the name of its part; runs are called so."""
        assert self._process is not None
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self._process.pid).children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    yield _part(child), child

    def memory(self) -> dict[str, float]:
        """Resident MB by part, the largest process of each."""
        sizes: dict[str, float] = {}
        for name, child in self.processes():
            with contextlib.suppress(psutil.NoSuchProcess):
                sizes[name] = max(sizes.get(name, 0.0), child.memory_info().rss / 2**20)
        return sizes

    def _printed(self, word: str) -> int:
        return self.screen.read_text().count(word) if self.screen.exists() else 0

    def _runs(self, told: int) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise StandsStill(f"`up` ended:\n{self.screen.read_text()[-4000:]}")
        return self._printed("Running") > told


def _part(child: psutil.Process) -> str:
    line = " ".join(child.cmdline())
    parent = " ".join(child.parent().cmdline()) if child.parent() else ""
    if PARTS["run server"] in line and PARTS["run server"] in parent:
        return "run"
    return next((name for name, mark in PARTS.items() if mark in line), "other")
