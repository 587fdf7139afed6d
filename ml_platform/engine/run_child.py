"""What a forked process does: it becomes an ordinary run worker and executes one Dagster run."""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

from ml_platform.serving.parent import end_with_parent


def execute(run_id: str, arguments: str, logs: Path) -> None:
    """Execute the run as ``dagster api execute_run`` does.

    Args:
        run_id: Dagster's id of the run.
        arguments: what that command takes, as JSON.
        logs: folder that takes this process's output, one file per run.
    """
    _become_a_process_of_its_own(logs / f"{run_id}.log")
    from dagster._cli import create_dagster_cli

    command = ["api", "execute_run", arguments]
    create_dagster_cli().main(command, prog_name="dagster", standalone_mode=False)


def _become_a_process_of_its_own(log: Path) -> None:
    os.setpgid(0, 0)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    end_with_parent()
    _write_output_to(log)
    _seed_anew()


def _write_output_to(log: Path) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)


def _seed_anew() -> None:
    """Two forks of one process would otherwise draw the same random numbers."""
    import numpy as np

    random.seed()
    np.random.seed()
