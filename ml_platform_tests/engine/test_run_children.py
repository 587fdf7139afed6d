import subprocess
import sys
import time

from ml_platform.engine.run_children import REMEMBERED, RunChildren


def start(program: str) -> int:
    command = [sys.executable, "-c", program]
    child = subprocess.Popen(command, process_group=0, stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    child.stdout.close()
    child.returncode = 0  # RunChildren collects it, not Popen
    return child.pid


SLEEP = "import time; print('ready', flush=True); time.sleep(60)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SLEEP


def wait_for_end(children: RunChildren) -> None:
    deadline = time.monotonic() + 600
    while children.alive and time.monotonic() < deadline:
        children.reap()
        time.sleep(0.02)


def test_an_interrupted_child_is_remembered_with_its_signal() -> None:
    children = RunChildren({"run": start(SLEEP)})
    assert children.interrupt("run")
    wait_for_end(children)
    assert children.ended == {"run": -15}
    assert not children.interrupt("run")


def test_ending_all_kills_the_child_that_does_not_listen() -> None:
    children = RunChildren({"deaf": start(DEAF)})
    children.end_all(seconds=0.3)
    wait_for_end(children)
    assert children.ended == {"deaf": -9}


def test_only_the_newest_ends_are_remembered() -> None:
    children = RunChildren()
    children.ended.update({str(number): 0 for number in range(REMEMBERED + 5)})
    children.reap()
    assert len(children.ended) == REMEMBERED
    assert "0" not in children.ended
