"""The number of workers under a load that rises and falls: how soon they come, who notices.

A ramp of 1, 8, 32, 8, 1 and 0 clients, each over kept-alive connections, against an endpoint with
2 to 4 workers and its durable log. Goals: no error, nobody is refused, the workers reach 4 and end
at 2. On a machine with fewer CPUs than workers more of them give no more answers a second; what is
shown is that they come and go unnoticed.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from benchmarks.figure import Figure, write_result
from benchmarks.serving_client import Load, http_request, load
from ml_platform.serving.metrics_folder import in_flight_of_all
from ml_platform.stores.request_log.where import open_reader
from ml_platform_tests.serving.closed_loop import BODY, worker_pids
from ml_platform_tests.serving.toy_endpoint import (
    MODEL,
    RunningEndpoint,
    held,
    make_live,
    running,
)

LEAST, MOST = 2, 4
RAMP = ((1, 8.0), (8, 12.0), (32, 30.0), (8, 12.0), (1, 12.0))
"""Clients, and for how many seconds."""
OPTIONS = (
    *("--workers", str(LEAST), "--max-workers", str(MOST), "--target-in-flight", "6"),
    *("--grow-seconds", "2", "--shrink-seconds", "5", "--no-watch"),
)
SAMPLE_SECONDS = 0.5


def main() -> None:
    """Measure the ramp, the coming and going of one worker, and what looking costs."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_live(home / "serving", held(home / "serving", 1))
        with running(home, MODEL, *OPTIONS) as endpoint:
            idle = _share_of_cpu(endpoint, 5.0)
            looking = _seconds_of_a_look(endpoint)
            loads, course, by_worker = _ramp(endpoint)
        answered, logged = sum(each.answers for each in loads), sum(_logged(home).values())
        comes, goes = _one_worker(home)
    workers = [each["workers"] for each in course]
    late = 100 * sum(by_worker["came"]) / sum(map(sum, by_worker.values()))
    errors = sum(each.refused for each in loads)
    figures = [
        Figure("errors and refusals during the ramp", errors, "n", 0),
        Figure("most workers during the ramp", max(workers), "n", MOST, at_least=True),
        Figure("workers after the ramp", workers[-1], "n", LEAST),
        Figure("answers of the rush by workers that came for it", late, "%", 10, at_least=True),
        Figure("answers during the ramp that the log lacks", max(0, answered - logged), "n", 0),
        Figure("a worker more is ready after the signal", comes, "s", 5),
        Figure("a worker is gone after the signal, under load", goes, "s", 5),
        Figure("one look at the load, 2 workers, seconds", looking * 1e3, "e-3"),
        Figure("CPU of the idle supervisor, scaling included", idle * 100, "%"),
    ]
    ramp = [
        {"clients": clients, "seconds": seconds, **_rounded(found)}
        for (clients, seconds), found in zip(RAMP, loads, strict=True)
    ]
    details = {
        "ramp": ramp,
        "answers_of_the_rush_by_worker": by_worker,
        "answered": answered,
        "logged": logged,
        "course": course,
    }
    write_result("serving_scaling", figures, {"options": " ".join(OPTIONS), **details})


def _ramp(
    endpoint: RunningEndpoint,
) -> tuple[list[Load], list[dict[str, float]], dict[str, list[int]]]:
    """What the clients found, the course of the workers, and who answered during the rush."""
    rush = max(range(len(RAMP)), key=lambda phase: RAMP[phase][0])
    loads, rows = [], [_logged(endpoint.home)]
    address = urlsplit(endpoint.url)
    request = http_request(f"/models/{MODEL}/invocations", BODY.encode())
    with _sampled(endpoint) as course, _client() as client:
        for clients, seconds in RAMP:
            asked = client.submit(
                load, (address.hostname, address.port), request, clients, seconds, 0.0
            )
            loads.append(asked.result())
            rows.append(_logged(endpoint.home))
        _until(lambda: len(worker_pids(endpoint)) == LEAST, 30)
    before, after = rows[rush], rows[rush + 1]
    there = [after[worker] - count for worker, count in before.items()]
    came = [count for worker, count in after.items() if worker not in before]
    return loads, course, {"there": there, "came": came}


@contextmanager
def _sampled(endpoint: RunningEndpoint) -> Iterator[list[dict[str, float]]]:
    """Look at the workers all the time, from outside; the last look is at the end."""
    course: list[dict[str, float]] = []
    end, began = threading.Event(), time.monotonic()

    def look() -> None:
        course.append(
            {
                "second": round(time.monotonic() - began, 1),
                "workers": len(worker_pids(endpoint)),
                "in_flight": in_flight_of_all(endpoint.root / ".metrics"),
            }
        )

    def watch() -> None:
        while not end.wait(SAMPLE_SECONDS):
            look()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield course
    finally:
        end.set()
        thread.join()
        look()


def _one_worker(home: Path) -> tuple[float, float]:
    """Seconds until a worker that is asked for is ready, and until one sent away is gone."""
    fixed = ("--workers", "1", "--max-workers", "1", "--no-watch")
    with running(home, MODEL, *fixed) as endpoint, _client() as client:
        [first] = worker_pids(endpoint)
        comes = _signalled(endpoint, signal.SIGTTIN, lambda: _writing(endpoint) == 2)
        address = urlsplit(endpoint.url)
        request = http_request(f"/models/{MODEL}/invocations", BODY.encode())
        busy = client.submit(load, (address.hostname, address.port), request, 8, 6.0, 0.0)
        time.sleep(2)
        goes = _signalled(endpoint, signal.SIGTTOU, lambda: worker_pids(endpoint) == [first])
        if busy.result().refused:
            raise AssertionError("somebody was refused while a worker left")
    return comes, goes


def _signalled(endpoint: RunningEndpoint, number: int, done: Callable[[], bool]) -> float:
    began = time.monotonic()
    endpoint.process.send_signal(number)
    _until(done, 30)
    return time.monotonic() - began


def _writing(endpoint: RunningEndpoint) -> int:
    """Workers whose listening sockets are open and that are past their start."""
    found = 0
    for pid in worker_pids(endpoint):
        names = {Path(each.path).parent.name for each in psutil.Process(pid).open_files()}
        found += MODEL in names
    return found


def _until(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s")
        time.sleep(0.02)


def _share_of_cpu(endpoint: RunningEndpoint, seconds: float) -> float:
    """Share of one CPU that the process of the supervisor and the scaler uses."""
    process = psutil.Process(endpoint.process.pid)
    before = process.cpu_times()
    time.sleep(seconds)
    after = process.cpu_times()
    return (after.user + after.system - before.user - before.system) / seconds


def _seconds_of_a_look(endpoint: RunningEndpoint, times: int = 500) -> float:
    began = time.perf_counter()
    for _ in range(times):
        in_flight_of_all(endpoint.root / ".metrics")
    return (time.perf_counter() - began) / times


def _logged(home: Path) -> dict[str, int]:
    """Rows in the log of each worker."""
    reader = open_reader(str(home / "request_log"), MODEL)
    return {writer: reader.rows(writer, 0, 10**12) for writer in reader.writers()}


def _client() -> ProcessPoolExecutor:
    """A process of its own: the client must not wait for what watches."""
    return ProcessPoolExecutor(1, mp_context=get_context("spawn"))


def _rounded(found: Load) -> dict[str, float]:
    return {name: round(value, 3) for name, value in asdict(found).items()}


if __name__ == "__main__":
    sys.exit(main())
