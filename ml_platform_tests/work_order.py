"""How many processes run tests, which of them runs what, and in which order: the longest first."""

from __future__ import annotations

import os
from typing import Any

import psutil
from xdist.scheduler import LoadScopeScheduling

APART = ("lifecycle", "end_to_end")
"""Folders whose files share nothing but what is made once for all processes."""

SECONDS = {
    "demo": 440,
    "serving": 360,
    "stores": 290,
    "end_to_end/test_bad_input.py": 270,
    "lifecycle/test_run_kill.py": 175,
    "spark": 150,
    "lifecycle/test_partition_quality.py": 145,
    "engine": 140,
    "lifecycle/test_retraining_stages.py": 130,
    "lifecycle/test_regression.py": 125,
    "lifecycle/test_daily_stages.py": 115,
    "end_to_end/test_one_partition.py": 110,
    "lifecycle/test_promotion.py": 110,
    "cli": 110,
    "end_to_end/test_rollout.py": 100,
    "lifecycle/test_request_mover.py": 100,
    "defs": 95,
    "lifecycle/test_service_report.py": 40,
}
"""How long the longest take, roughly. Nothing but the order depends on it."""


MEMORY = 4 * 1024**3
"""Bytes of one process with its Spark, and of what its tests start."""


def processes() -> int:
    """How many run tests: one more than there are cores, as some test always waits."""
    fit = psutil.virtual_memory().total // MEMORY
    return int(max(1, min((os.cpu_count() or 1) + 1, fit)))


class LongestFirst(LoadScopeScheduling):
    """Tests of a folder stay in one process of several, but for those that share little."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.removeprefix("ml_platform_tests/").split("::")[0]
        folder = file.split("/")[0]
        if folder == "core":
            return nodeid
        return file if folder in APART else folder

    def _assign_work_unit(self, node: Any) -> None:
        longest = max(self.workqueue, key=self._seconds)
        self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)

    def _seconds(self, scope: str) -> float:
        return SECONDS.get(scope, 0.1 * len(self.workqueue[scope]))
