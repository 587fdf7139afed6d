"""The processes that a run server forked: which run each works on and how it ended."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections import OrderedDict
from dataclasses import dataclass, field

REMEMBERED = 200


@dataclass
class RunChildren:
    """Children by run id; those that ended are remembered for a while.

    Attributes:
        alive: process id by run id.
        ended: exit code by run id, negative for a signal, oldest first.
    """

    alive: dict[str, int] = field(default_factory=dict)
    ended: OrderedDict[str, int] = field(default_factory=OrderedDict)

    def reap(self) -> None:
        """Collect the children that ended, and end what they left running."""
        for run_id, pid in list(self.alive.items()):
            if os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None:
                _kill_group(pid)  # a killed run leaves the followers of its output behind
                del self.alive[run_id]
                self.ended[run_id] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        while len(self.ended) > REMEMBERED:
            self.ended.popitem(last=False)

    def interrupt(self, run_id: str) -> bool:
        """Ask a run's process to end; False where it is not running."""
        pid = self.alive.get(run_id)
        if pid is None:
            return False
        os.kill(pid, signal.SIGTERM)  # not reaped yet, so the id cannot have been given away
        return True

    def end_all(self, seconds: float) -> None:
        """Ask every child to end, and kill the process groups of those that are still there."""
        for run_id in list(self.alive):
            self.interrupt(run_id)
        deadline = time.monotonic() + seconds
        while self.alive and time.monotonic() < deadline:
            time.sleep(0.05)
            self.reap()
        for pid in self.alive.values():
            _kill_group(pid)


def _kill_group(pid: int) -> None:
    """Kill a child's process group; the child is not collected yet, so the id is still its own."""
    with contextlib.suppress(ProcessLookupError):  # nobody is left in it
        os.killpg(pid, signal.SIGKILL)
