"""The endpoint's processes under load: more, fewer, killed, and unable to start."""

import os
import signal
import time
from pathlib import Path

import httpx
import pytest

from ml_platform.stores.request_log.where import open_reader
from ml_platform_tests.serving.closed_loop import Asked, clients, worker_pids
from ml_platform_tests.serving.toy_endpoint import MODEL, held, make_live, running
from ml_platform_tests.waiting import wait_until

PACE = ("--target-in-flight", "2", "--grow-seconds", "1", "--shrink-seconds", "2", "--no-watch")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    make_live(tmp_path / "serving", held(tmp_path / "serving", 1))
    return tmp_path


def logged(home: Path) -> list[str]:
    """The requests in the log."""
    reader = open_reader(str(home / "request_log"), MODEL)
    return [
        each.record.request_id
        for writer in reader.writers()
        for each in reader.read(writer, 0, 10**6)
    ]


def test_workers_follow_the_load_up_and_down_without_an_error_or_an_unlogged_answer(home):
    asked = Asked()
    with running(home, MODEL, "--workers", "2", "--max-workers", "3", *PACE) as endpoint:
        assert len(worker_pids(endpoint)) == 2
        first = set(worker_pids(endpoint))
        with clients(endpoint, 16, asked):
            wait_until(lambda: len(worker_pids(endpoint)) == 3, "the workers change")
            wait_until(lambda: len(asked.answers) > 500, "three workers answer")
        with clients(endpoint, 1, asked):
            wait_until(lambda: len(worker_pids(endpoint)) == 2, "the workers change")
            alone = len(asked.answers)
            wait_until(lambda: len(asked.answers) > alone + 50, "two workers answer")
        assert set(worker_pids(endpoint)) == first, "the youngest goes"
    assert asked.errors == []
    assert len(asked.answers) > 500
    assert sorted(asked.answers) == sorted(logged(home))


def test_a_killed_worker_is_replaced(home):
    with running(home, MODEL, "--workers", "2", "--max-workers", "2", "--no-watch") as endpoint:
        killed, other = worker_pids(endpoint)
        os.kill(killed, signal.SIGKILL)

        def replaced() -> bool:
            now = worker_pids(endpoint)
            return len(now) == 2 and killed not in now and other in now

        wait_until(replaced, "the worker is replaced")


def test_a_leaving_worker_says_goodbye_in_an_answer_and_its_clients_go_on(home):
    with running(home, MODEL, "--workers", "2", "--max-workers", "2", "--no-watch") as endpoint:
        live = f"{endpoint.url}/v2/health/live"
        kept = [httpx.Client() for _ in range(12)]
        assert {each.get(live).headers.get("connection") for each in kept} == {None}
        endpoint.process.send_signal(signal.SIGTTOU)
        said: set[str | None] = set()
        wait_until(
            lambda: _ask(kept, live, said) and len(worker_pids(endpoint)) == 1, "the workers change"
        )
        assert said == {None, "close"}
        assert all(each.get(live).status_code == 200 for each in kept)
        for each in kept:
            each.close()


def _ask(kept: list[httpx.Client], url: str, said: set[str | None]) -> bool:
    answers = [each.get(url) for each in kept]
    said |= {each.headers.get("connection") for each in answers}
    return all(each.status_code == 200 for each in answers)


def test_a_restart_replaces_every_worker_in_turn_without_an_error(home):
    asked = Asked()
    with running(home, MODEL, "--workers", "2", "--max-workers", "2", "--no-watch") as endpoint:
        before = set(worker_pids(endpoint))
        with clients(endpoint, 4, asked):
            endpoint.process.send_signal(signal.SIGHUP)
            wait_until(lambda: not before & set(worker_pids(endpoint)), "the workers change")
        assert len(worker_pids(endpoint)) == 2
    assert asked.errors == []
    assert sorted(asked.answers) == sorted(logged(home))


def test_workers_that_cannot_start_are_tried_with_pauses_and_then_given_up(
    home, capfd, monkeypatch
):
    broken = home / "broken"
    broken.mkdir()
    (broken / "uvloop.py").write_text("raise ImportError('no such library')\n")
    monkeypatch.setenv("PYTHONPATH", str(broken))
    began = time.monotonic()
    with (
        pytest.raises(AssertionError, match="ended before it was ready"),
        running(home, MODEL, "--workers", "2", "--no-watch"),
    ):
        pass
    said = capfd.readouterr().err
    assert time.monotonic() - began > 1.5
    assert 2 <= said.count("ended before it was ready (") <= 6
    assert "No worker of the endpoint could start" in said
