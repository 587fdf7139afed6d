"""One long-running child process: how it is started, when it is ready, how it is stopped."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from ml_platform.engine.errors import EngineError, with_log_tail
from ml_platform.engine.ports import answers
from ml_platform.serving.parent import end_with_parent

_GROUP_SECONDS = 10.0


@dataclass
class Service:
    """A child process in a process group of its own, its output in a log file.

    Attributes:
        name: what people call it, "Spark server".
        command: program and arguments.
        env: the whole environment of the child.
        log: file that takes standard output and error; that of the start before is kept beside it.
        folder: working directory of the child.
        ready: says whether the child does its work yet.
        port: on which it takes connections for as long as it lives; None where it has none.
        replies: asks something that only a service at work answers; it may take a few seconds.
        start_seconds: how long it may take to be ready.
        stop_seconds: how long it may take to end when asked, before it is killed.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    folder: Path
    ready: Callable[[], bool]
    start_seconds: float = 600.0
    stop_seconds: float = 10.0
    port: int | None = None
    replies: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start the child and return at once."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists():  # why the one before ended stands at the end of it
            self.log.replace(self.log.with_suffix(".before.log"))
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.env),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=end_with_parent if sys.platform == "linux" else None,
            )

    def wait_until_ready(self) -> None:
        """Block until the child does its work.

        Raises:
            EngineError: it ended, or was not ready in time.
        """
        deadline = time.monotonic() + self.start_seconds
        while not self.ready():
            self.check()
            if time.monotonic() > deadline:
                message = f"The {self.name} was not ready after {self.start_seconds:.0f} s."
                raise EngineError(with_log_tail(message, self.log))
            time.sleep(0.1)

    def check(self) -> None:
        """Raise EngineError if the child was started and is no longer there."""
        if ended := self.ended():
            message = f"The {self.name} ended unexpectedly ({ended})."
            raise EngineError(with_log_tail(message, self.log))

    def ended(self) -> str | None:
        """How the child ended, in words; None while it is there, and before it was started."""
        code = self.process.poll() if self.process else None
        return None if code is None else _in_words(code)

    def answers(self) -> bool:
        """Whether something takes connections on its port; true of a service without one."""
        return self.port is None or answers(self.port)

    def stopped(self) -> bool:
        """Whether the child, or one of its own, is halted by a signal.

        Its port takes connections all the same: the kernel accepts them.
        """
        with contextlib.suppress(psutil.Error):
            if self.process is not None:
                child = psutil.Process(self.process.pid)
                family = [child, *child.children(recursive=True)]
                return any(each.status() == psutil.STATUS_STOPPED for each in family)
        return False

    def end_children(self) -> None:
        """Kill the child's own children; the child sees to what those have left running."""
        with contextlib.suppress(psutil.NoSuchProcess):
            if self.process is not None:
                for each in psutil.Process(self.process.pid).children():
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(each.pid, signal.SIGKILL)

    def stop(self) -> None:
        """Ask the child to end, wait, and kill what is left of its process group."""
        if self.process is None:
            return
        if not self.stopped():  # a halted child hears of nothing but the end
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(self.stop_seconds)
        with contextlib.suppress(ProcessLookupError):  # nobody is left in the group: all is well
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            _wait_for_group(self.process.pid)
        self.process.wait()
        self.process = None


def _wait_for_group(group: int) -> None:
    """Return when nobody is left in it: a killed Java takes a while to give its memory back."""
    deadline = time.monotonic() + _GROUP_SECONDS
    while time.monotonic() < deadline:
        os.killpg(group, 0)  # raises when the group is empty
        time.sleep(0.02)


def _in_words(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
