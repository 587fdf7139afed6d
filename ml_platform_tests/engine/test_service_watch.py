"""A service that ends, hangs or is halted is started anew; one that cannot live is given up."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ml_platform.engine.errors import EngineError
from ml_platform.engine.ports import answers, free_port
from ml_platform.engine.service import Service
from ml_platform.engine.service_watch import (
    ASK_SECONDS,
    MOST_RESTARTS,
    MUTE_SECONDS,
    SILENT_SECONDS,
    ServiceWatch,
)
from ml_platform_tests.waiting import wait_until

# Listens until it is told by SIGUSR1 to close its port and to live on.
LISTENER = """
import signal, socket, sys, time
port = socket.create_server(("127.0.0.1", int(sys.argv[1])))
signal.signal(signal.SIGUSR1, lambda *_: port.close())
while True:
    time.sleep(0.05)
"""


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    port = free_port()
    made = Service(
        name="listener",
        command=[sys.executable, "-c", LISTENER, str(port)],
        env=dict(os.environ),
        log=tmp_path / "listener.log",
        folder=tmp_path,
        ready=lambda: answers(port),
        port=port,
    )
    made.start()
    made.wait_until_ready()
    yield made
    made.stop()


def pid(service: Service) -> int:
    assert service.process is not None
    return service.process.pid


def looked_until_it_runs(watch: ServiceWatch, service: Service, former: int) -> list[str]:
    told: list[str] = []
    watch.told = told.append

    def runs() -> bool:
        watch.look()
        return pid(service) != former and bool(told) and "runs again" in told[-1]

    wait_until(runs, "the service runs again")
    return told


@pytest.mark.parametrize(
    ("number", "said"),
    [(signal.SIGKILL, "ended unexpectedly (killed by SIGKILL)"), (signal.SIGSTOP, "was stopped")],
)
def test_a_service_that_is_killed_or_halted_runs_again(
    service: Service, number: signal.Signals, said: str
) -> None:
    gone: list[str] = []
    watch = ServiceWatch([service], print, gone.append)
    watch.look()
    former = pid(service)
    os.kill(former, number)
    wait_until(
        lambda: not psutil.pid_exists(former) or service.stopped() or bool(service.ended()),
        "the signal has its effect",
    )
    told = looked_until_it_runs(watch, service, former)
    assert said in told[0]
    assert gone == ["listener"]
    assert service.answers()
    assert service.log.with_suffix(".before.log").exists()


def test_a_service_that_lives_and_does_not_answer_is_started_anew_once_it_was_silent_long_enough(
    service: Service,
) -> None:
    clock = Clock()
    watch = ServiceWatch([service], print, clock=clock)
    watch.look()
    former = pid(service)
    os.kill(former, signal.SIGUSR1)
    wait_until(lambda: not service.answers(), "the port is closed")
    clock.now = SILENT_SECONDS - 1
    watch.look()
    assert pid(service) == former
    clock.now = SILENT_SECONDS + 1
    assert "gave no answer" in looked_until_it_runs(watch, service, former)[0]


def test_a_service_that_takes_connections_and_replies_nothing_is_started_anew(
    service: Service,
) -> None:
    clock, at_work = Clock(), True
    service.replies = lambda: at_work
    watch = ServiceWatch([service], print, clock=clock)
    watch.look()
    former = pid(service)
    at_work = False
    for clock.now in (ASK_SECONDS, MUTE_SECONDS):
        watch.look()
        assert pid(service) == former
    clock.now = MUTE_SECONDS + ASK_SECONDS
    at_work_again = looked_until_it_runs(watch, service, former)
    assert "replied nothing for 75 s" in at_work_again[0]


def test_a_service_is_asked_now_and_then_and_not_on_each_look(service: Service) -> None:
    clock, asked = Clock(), []
    service.replies = lambda: bool(asked.append(clock.now)) or True
    watch = ServiceWatch([service], print, clock=clock)
    for clock.now in (0.0, 1.0, ASK_SECONDS - 1, ASK_SECONDS, ASK_SECONDS + 1):
        watch.look()
    assert asked == [0.0, ASK_SECONDS]


def test_a_service_that_cannot_live_is_given_up_with_the_end_of_its_log(service: Service) -> None:
    service.command = [sys.executable, "-c", "raise SystemExit('no such setting')"]
    told: list[str] = []
    watch = ServiceWatch([service], told.append)
    os.kill(pid(service), signal.SIGKILL)

    with pytest.raises(EngineError, match="no such setting"):
        wait_until(lambda: bool(watch.look()), "the service is given up")
    assert len([each for each in told if "starting it anew" in each]) == MOST_RESTARTS
