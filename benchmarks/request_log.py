"""What it costs that an answer is on disk before it leaves.

First the log itself against the least that is honest, a file grown ahead that is appended to and
synced: microseconds per record at batches of 1 and 32. Then the commit within the event loop
against one in a thread, at 32 clients that come at random and use the processor before each
record. Last the mover. Takes of all ways alternate, so that a noisy machine hurts all alike.

    python -m benchmarks.request_log [--takes 5]
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import struct
import tempfile
import time
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.figure import Figure, write_result
from ml_platform.core.serving_spec import LogSpec
from ml_platform.serving.durable_log import DurableLog
from ml_platform.stores.request_log.codec import encode
from ml_platform.stores.request_log.port import EncodedRecord
from ml_platform.stores.request_log.sqlite_writer import SqliteWriter
from ml_platform_tests.lifecycle.answered_flights import a_mover, a_request, a_writer

COMMITS = 1000
GROWN = 64 << 20
CLIENTS, PAUSE_SECONDS, BUSY_SECONDS, REQUESTS = 32, 0.006, 150e-6, 6000
MOVED = 50_000
RECORD = a_request(7)


class AppendedFile:
    """The least: length, checksum and bytes at the end of a file of zeros, then fdatasync."""

    local = True
    writer = "file"

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT)
        for _ in range(GROWN >> 20):
            os.write(self._fd, bytes(1 << 20))
        os.fsync(self._fd)
        self._end = 0

    def append(self, records: Sequence[EncodedRecord]) -> None:
        framed = [struct.pack("<II", len(b), zlib.crc32(b)) + b for _, b in records]
        self._end += os.pwrite(self._fd, b"".join(framed), self._end % (GROWN - (1 << 20)))
        os.fdatasync(self._fd)

    def probe(self) -> None: ...

    def close(self) -> None:
        os.close(self._fd)


class InThread(SqliteWriter):
    """The same log, committed in a thread."""

    local = False


def commits(log: Any, batch: int) -> float:
    """Microseconds per record."""
    began = time.perf_counter()
    for _ in range(COMMITS):
        log.append([encode(RECORD) for _ in range(batch)])
    log.close()
    return (time.perf_counter() - began) / COMMITS / batch * 1e6


def waits(open_log: Callable[[], Any]) -> dict[str, float]:
    """Milliseconds until a record is on disk, at clients that come at random."""
    found: list[float] = []
    spec = LogSpec()

    async def client(log: DurableLog, chance: random.Random) -> None:
        for _ in range(REQUESTS // CLIENTS):
            await asyncio.sleep(chance.expovariate(1 / PAUSE_SECONDS))
            busy = time.perf_counter() + BUSY_SECONDS
            while time.perf_counter() < busy:
                pass
            began = time.perf_counter()
            await log.append(RECORD, spec)
            found.append(time.perf_counter() - began)

    async def all_clients() -> None:
        log = DurableLog(open_log, Path("no key"))
        await asyncio.gather(*(client(log, random.Random(i)) for i in range(CLIENTS)))
        await log.close()

    asyncio.run(all_clients())
    p50, p99 = np.quantile(found, [0.5, 0.99]) * 1000
    return {"p50_ms": round(float(p50), 3), "p99_ms": round(float(p99), 3)}


def moved(folder: Path) -> float:
    """Rows a second from the log into the lake."""
    mover, writer = a_mover(folder), a_writer(folder)
    for first in range(0, MOVED, 100):
        writer.append([encode(a_request(first + i)) for i in range(100)])
    began = time.perf_counter()
    mover.move()
    seconds = time.perf_counter() - began
    writer.close()
    return MOVED / seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--takes", type=int, default=5)
    takes = parser.parse_args().takes
    per_record: dict[str, list[float]] = {}
    until: dict[str, list[dict[str, float]]] = {}
    rates: list[float] = []
    for take in range(takes):
        with tempfile.TemporaryDirectory(dir=".") as made:
            folder = Path(made)
            for batch in (1, 32):
                file = AppendedFile(folder / f"file{batch}")
                per_record.setdefault(f"file_{batch}", []).append(commits(file, batch))
                log = SqliteWriter(folder / "log", f"m{batch}")
                per_record.setdefault(f"sqlite_{batch}", []).append(commits(log, batch))
            for name, kind in (("in_loop", SqliteWriter), ("in_thread", InThread)):
                until.setdefault(name, []).append(waits(partial(kind, folder, "waits")))
            rates.append(moved(folder / "moved"))
        print(f"take {take + 1} of {takes}", flush=True)
    cost = {name: median(values) for name, values in per_record.items()}
    seen = {
        name: {key: median(each[key] for each in found) for key in ("p50_ms", "p99_ms")}
        for name, found in until.items()
    }
    figures = [
        Figure("durable record / least that is honest", cost["sqlite_1"] / cost["file_1"], "x", 2),
        Figure(
            "wait for the log: in a thread / in the loop",
            seen["in_thread"]["p50_ms"] / seen["in_loop"]["p50_ms"],
            "x",
        ),
    ]
    details = {
        "us_per_record": {name: round(value, 1) for name, value in cost.items()},
        "wait_at_32_clients": seen,
        "rows_moved_per_second": round(median(rates)),
        "takes": takes,
    }
    write_result("request_log", figures, details)


if __name__ == "__main__":
    main()
