"""Answered implies logged: workers are killed under load, and no answer is missing from the log."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from ml_platform.stores.request_log.sqlite_reader import SqliteReader
from ml_platform_tests.serving.closed_loop import Asked, clients, worker_pids
from ml_platform_tests.serving.toy_endpoint import (
    MODEL,
    RunningEndpoint,
    asked,
    held,
    make_live,
    rows,
    running,
)
from ml_platform_tests.stores.small_disk import filled, mounted

KILLS = 20
MOST_SECONDS = 600.0
SEEN = 1.2
"""Seconds after which the supervisor has seen that a worker is ready; it replaces one that was not
only after a pause."""


@pytest.mark.slow
def test_workers_that_are_killed_while_they_answer_leave_no_answer_unlogged(
    tmp_path: Path,
) -> None:
    make_live(tmp_path / "serving", held(tmp_path / "serving", 1))
    reader = SqliteReader(tmp_path / "request_log", MODEL)
    got, killed, chance = Asked(), [], random.Random(5)
    answers_since: dict[int, float] = {}
    with running(tmp_path, MODEL, "--workers", "4", "--max-workers", "4", "--no-watch") as endpoint:
        end = time.monotonic() + MOST_SECONDS
        with clients(endpoint, 12, got):
            while len(killed) < KILLS and time.monotonic() < end:
                time.sleep(chance.uniform(0.05, 0.2))
                for pid in worker_pids(endpoint):
                    if pid not in answers_since and _rows_of(reader, pid):
                        answers_since[pid] = time.monotonic()
                grown = [p for p, since in answers_since.items() if since < time.monotonic() - SEEN]
                if grown:
                    os.kill(victim := chance.choice(grown), signal.SIGKILL)
                    killed.append(victim)
                    del answers_since[victim]

    logged = Counter(
        each.record.request_id
        for writer in reader.writers()
        for each in reader.read(writer, 0, 10**6)
    )
    assert len(set(killed)) == KILLS, "each had answered before"
    assert len(got.answers) > 10 * KILLS
    assert got.errors, "connections were cut in the midst of requests"
    assert [each for each in got.answers if logged[each] != 1] == []
    assert max(logged.values()) == 1
    print(f"{KILLS} kills, {len(got.answers)} answered, {len(got.errors)} cut, none missing")


def test_a_full_disk_makes_the_endpoint_unready_and_nothing_is_answered_unlogged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_live(tmp_path / "serving", held(tmp_path / "serving", 1))
    answered: list[str] = []

    def ask(endpoint: RunningEndpoint) -> int:
        answer = asked(endpoint.url, rows(500))
        if answer.status_code == 200:
            answered.append(answer.headers["x-request-id"])
        else:
            assert answer.headers["retry-after"]
        return answer.status_code

    def ready(endpoint: RunningEndpoint) -> bool:
        return httpx.get(f"{endpoint.url}/v2/health/ready").status_code == 200

    with mounted(tmp_path / "disk", megabytes=24) as disk:
        monkeypatch.setenv("ML_PLATFORM_REQUEST_LOG", str(disk / "log"))
        with running(tmp_path, MODEL, "--workers", "1", "--max-workers", "1", "--no-watch") as one:
            assert ask(one) == 200
            with filled(disk):
                found = next((code for _ in range(2000) if (code := ask(one)) != 200), None)
                assert found == 503
                assert not ready(one)
                assert ask(one) == 503
            deadline = time.monotonic() + 600
            while not ready(one):
                assert time.monotonic() < deadline, "it recovers by itself"
                time.sleep(0.05)
            assert ask(one) == 200
        reader = SqliteReader(disk / "log", MODEL)
        logged = [
            each.record.request_id
            for writer in reader.writers()
            for each in reader.read(writer, 0, 10**6)
        ]
    assert sorted(logged) == sorted(answered)


def _rows_of(reader: SqliteReader, pid: int) -> int:
    """Rows that a worker has logged so far; its log is named after it."""
    own = [writer for writer in reader.writers() if writer.split("-")[-2] == str(pid)]
    return sum(reader.rows(writer, 0, 10**9) for writer in own)
