"""Launched as a person launches it, `up` takes in the day that ends while it runs."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from ml_platform_tests.engine.live_project import LiveProject, day_that_ends_in
from ml_platform_tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow


def long_lived(up: psutil.Process) -> set[int]:
    """The processes that hold the definitions; runs come and go."""
    kinds = ("code-server", "dagster._daemon", "ml_platform.engine.run_server")
    return {
        each.pid
        for each in [up, *up.children()]
        if each.pid == up.pid or any(kind in " ".join(each.cmdline()) for kind in kinds)
    }


def daemon_of(up: psutil.Process) -> psutil.Process:
    return next(each for each in up.children() if "dagster._daemon" in each.cmdline())


def crosses(folder: Path, seconds: float) -> bool:
    """Start, let the day end, land its file; False where the day had ended before the start."""
    partitions, day, end = day_that_ends_in(seconds)
    project = LiveProject(folder, partitions)
    project.write()
    with project.up() as up:
        # The daemon is started once the definitions are loaded.
        if daemon_of(up).create_time() >= end.timestamp():
            return False
        before = long_lived(up)
        wait_until(lambda: datetime.now(UTC) > end, "the day ends", patience=seconds + PATIENCE)
        project.land(day)
        wait_until(lambda: project.rows("validated") == {day: 20}, f"{day} is taken in", pause=0.5)
        assert project.rows("raw") == {day: 20}
        assert long_lived(up) == before
    return True


def test_a_day_that_ends_while_it_runs_is_taken_in_without_a_restart(tmp_path: Path) -> None:
    # On a machine that starts more slowly than the day ends, a later day is waited for.
    assert any(crosses(tmp_path / str(seconds), seconds) for seconds in (120, 300, 1200))
