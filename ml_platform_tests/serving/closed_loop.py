"""Clients that ask again as soon as they are answered, each over its own kept-alive connection."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import psutil

from ml_platform_tests.serving.toy_endpoint import MODEL, RunningEndpoint, invocation, rows

BODY = json.dumps(invocation(rows(1)))


@dataclass
class Asked:
    """What the clients got: answers, and whatever was none."""

    answers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


@contextmanager
def clients(endpoint: RunningEndpoint, count: int, asked: Asked) -> Iterator[None]:
    """Keep so many clients busy; nothing is tried twice."""
    stop = threading.Event()

    def ask() -> None:
        with httpx.Client() as client:
            while not stop.is_set():
                try:
                    answer = client.post(
                        f"{endpoint.url}/models/{MODEL}/invocations",
                        content=BODY,
                        headers={"content-type": "application/json"},
                    )
                except httpx.HTTPError as error:
                    asked.errors.append(repr(error))
                    continue
                if answer.status_code == 200:
                    asked.answers.append(answer.headers["x-request-id"])
                else:
                    asked.errors.append(answer.text)

    threads = [threading.Thread(target=ask) for _ in range(count)]
    for each in threads:
        each.start()
    try:
        yield
    finally:
        stop.set()
        for each in threads:
            each.join()


def worker_pids(endpoint: RunningEndpoint) -> list[int]:
    """The processes that answer."""
    children = psutil.Process(endpoint.process.pid).children()
    return [each.pid for each in children if _is_worker(each)]


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return False
