import os
import sys
import time
from pathlib import Path

import psutil
import pytest

from ml_platform.engine.errors import EngineError
from ml_platform.engine.service import Service


def service(folder: Path, program: str, ready=lambda: True, **limits: float) -> Service:
    command = [sys.executable, "-c", program]
    log = folder / "logs" / "toy.log"
    return Service("toy", command, dict(os.environ), log, folder, ready, **limits)


def test_a_child_that_dies_early_is_reported_with_the_end_of_its_log(tmp_path: Path) -> None:
    toy = service(tmp_path, "print('no more memory'); raise SystemExit(3)", ready=lambda: False)
    toy.start()
    with pytest.raises(EngineError, match=r"(?s)toy ended unexpectedly \(exit code 3\).*no more"):
        toy.wait_until_ready()
    toy.stop()


def test_a_child_that_is_never_ready_is_reported(tmp_path: Path) -> None:
    toy = service(tmp_path, "import time; time.sleep(60)", lambda: False, start_seconds=0.3)
    toy.start()
    with pytest.raises(EngineError, match="not ready after"):
        toy.wait_until_ready()
    toy.stop()


def test_stopping_kills_a_child_that_does_not_listen_and_its_children(tmp_path: Path) -> None:
    mark = tmp_path / "children"
    program = (
        "import pathlib, signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        f"pathlib.Path({str(mark)!r}).write_text(str(child.pid))\n"
        "time.sleep(60)\n"
    )
    toy = service(tmp_path, program, ready=lambda: mark.exists() and mark.read_text() != "")
    toy.stop_seconds = 0.3
    toy.start()
    toy.wait_until_ready()
    toy.stop()
    grandchild = int(mark.read_text())
    deadline = time.monotonic() + 600
    while psutil.pid_exists(grandchild) and time.monotonic() < deadline:
        if psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(0.05)
    else:
        assert not psutil.pid_exists(grandchild)


def test_stopping_what_was_never_started_does_nothing(tmp_path: Path) -> None:
    service(tmp_path, "pass").stop()
