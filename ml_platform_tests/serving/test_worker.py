"""What a request held is freed with its answer: no body waits for the garbage collector."""

from __future__ import annotations

import asyncio
import gc
import json
from pathlib import Path

import pytest
from uvicorn import Config
from uvicorn.server import ServerState

from ml_platform.serving.app import Endpoint
from ml_platform.serving.connection import Connection
from ml_platform.serving.worker import Worker, WorkerSettings
from ml_platform_tests.serving.raw_http import status
from ml_platform_tests.serving.toy_endpoint import MODEL, held, invocation, make_live, rows

REQUESTS = 20


class Wire(asyncio.Transport):
    """Keeps the last answer."""

    answer = b""

    def write(self, data: bytes) -> None:
        self.answer = data if data.startswith(b"HTTP/") else self.answer + data

    def close(self) -> None:
        pass

    def is_closing(self) -> bool:
        return False

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


def sent(path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("request_sent", "expected"),
    [
        (sent("/invocations", json.dumps(invocation(rows(1))).encode()), 200),
        (sent("/invocations", b"{}"), 422),
        (sent("/invocations", b"no json"), 400),
        (sent("/models/other/invocations", b"{}"), 404),
        (sent("/ping", b""), 405),
    ],
)
def test_answers_leave_no_cycles_behind(tmp_path: Path, request_sent: bytes, expected: int) -> None:
    serving = tmp_path / "serving"
    make_live(serving, held(serving, 1))
    log, metrics = str(tmp_path / "request_log"), tmp_path / "metrics"
    worker = Worker(WorkerSettings(serving, log, tmp_path / "key", metrics, (MODEL,)))

    async def ask() -> int:
        await worker.start()
        config = Config(Endpoint(worker), http=Connection, access_log=False)
        connection, wire = Connection(config, ServerState(), {}), Wire()
        connection.connection_made(wire)
        for requests in (1, REQUESTS):  # the first one alone makes what all of them share
            gc.collect()
            for _ in range(requests):
                connection.data_received(request_sent)
                while connection.server_state.tasks:
                    await asyncio.sleep(0)
        found = gc.collect()
        connection.connection_lost(None)
        await worker.stop()
        assert status(wire.answer) == expected
        return found

    gc.disable()
    try:
        assert asyncio.run(ask()) < REQUESTS
    finally:
        gc.enable()
