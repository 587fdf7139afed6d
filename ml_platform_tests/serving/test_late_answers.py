"""An answer whose record is on disk too late is none; the record is there all the same."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from ml_platform.serving.app import Endpoint
from ml_platform.serving.durable_log import DurableLog
from ml_platform.serving.pipeline import Pipeline
from ml_platform.serving.worker import Worker, WorkerSettings
from ml_platform.stores.request_log.codec import decode
from ml_platform_tests.serving.failing_log import FailingLog
from ml_platform_tests.serving.toy_endpoint import MODEL, held, invocation, make_live, rows

SECONDS = 0.3
SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/invocations",
    "headers": [(b"content-type", b"application/json")],
}


@pytest.fixture
def worker(tmp_path: Path) -> Worker:
    serving = tmp_path / "serving"
    make_live(serving, held(serving, 1, {"limits": {"timeout_seconds": SECONDS}}))
    folder, log = tmp_path / "metrics", str(tmp_path / "request_log")
    return Worker(WorkerSettings(serving, log, tmp_path / "key", folder, (MODEL,)))


async def answer(endpoint: Endpoint, late: float = 0.0) -> tuple[int, dict[str, Any]]:
    """Ask for one row whose body comes in two parts, the second of them late."""
    body = json.dumps(invocation(rows(1))).encode()
    parts, sent = [(body[:9], True), (body[9:], False)], []

    async def receive() -> dict[str, Any]:
        part, more = parts.pop(0)
        await asyncio.sleep(0.0 if more else late)
        return {"type": "http.request", "body": part, "more_body": more}

    async def send(message: Any) -> None:
        sent.append(message)

    await endpoint(SCOPE, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"])


def test_body_and_answer_share_the_declared_time(worker: Worker) -> None:
    store = FailingLog(local=False)

    async def ask() -> None:
        await worker.start()
        await worker.pipeline(MODEL).log.close()
        log = DurableLog(lambda: store, Path("no key"))
        worker._pipelines[MODEL] = Pipeline(log, worker.metrics, "0")
        endpoint = Endpoint(worker)

        assert (await answer(endpoint))[0] == 200
        store.open.clear()
        status, said = await answer(endpoint)
        assert (status, len(store.batches)) == (503, 1)
        assert said["message"] == "the answer took longer than the model's timeout"
        store.open.set()
        while len(store.batches) < 2:
            await asyncio.sleep(0.01)
        status, said = await answer(endpoint, late=2 * SECONDS)
        assert status == 408
        assert said["message"] == "the body did not come within the model's timeout"
        assert (await answer(endpoint))[0] == 200
        await worker.stop()

    asyncio.run(ask())
    assert [len(batch) for batch in store.batches] == [1, 1, 1]
    late = decode(store.batches[1][0].body)
    assert (late.status, late.version, len(late.scores)) == ("ok", 1, 1)
