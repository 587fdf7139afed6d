"""The application itself, asked in one process: what fails is told, counted and bounded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from ml_platform.serving.app import Endpoint
from ml_platform.serving.durable_log import DurableLog
from ml_platform.serving.live_models import Challenger
from ml_platform.serving.metrics_folder import in_flight_of_all
from ml_platform.serving.worker import Worker, WorkerSettings
from ml_platform_tests.serving.failing_log import FailingLog
from ml_platform_tests.serving.test_service_metrics import value
from ml_platform_tests.serving.toy_endpoint import MODEL, held, invocation, make_live, rows
from ml_platform_tests.waiting import PATIENCE, soon

BODY = json.dumps(invocation(rows(1))).encode()
PATIENT = {"limits": {"timeout_seconds": PATIENCE}}
TWO_PLACES = {"limits": {"in_flight": 2, "timeout_seconds": PATIENCE}}
Client = Callable[["Asking"], Awaitable[None]]


@dataclass
class Asking:
    """A worker that serves a model, asked without a socket."""

    endpoint: Endpoint
    folder: Path
    never: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def worker(self) -> Worker:
        return self.endpoint.worker

    async def ask(self, path: str, method: str = "POST", complete: bool = True) -> dict[str, Any]:
        """The answer: status, headers and body; a body that is not complete never gets so."""
        sent: list[Mapping[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if complete:
                return {"type": "http.request", "body": BODY, "more_body": False}
            await self.never.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [(b"content-type", b"application/json")]
        scope = {"type": "http", "method": method, "path": path, "headers": headers}
        await self.endpoint(scope, receive, send)
        start, body = sent
        said = {name.decode(): text.decode() for name, text in start["headers"]}
        return {"status": start["status"], "headers": said, "body": body["body"]}


def serving(home: Path, client: Client, serving: Mapping[str, Any] | None = None) -> None:
    """Let a client ask a worker that serves version 1."""
    make_live(home / "serving", held(home / "serving", 1, serving))

    async def main() -> None:
        settings = WorkerSettings(
            serving_root=home / "serving",
            request_log=str(home / "log"),
            redaction_key=home / "key",
            metrics_folder=home / "metrics",
            asked=(MODEL,),
        )
        worker = Worker(settings)
        await worker.start()
        try:
            await client(Asking(Endpoint(worker), home / "metrics"))
        finally:
            await worker.stop()

    asyncio.run(main())


def test_a_page_that_fails_is_our_own_500_with_an_identifier(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def client(asking: Asking) -> None:
        (asking.folder / "reading.lock").unlink(missing_ok=True)
        (asking.folder / "reading.lock").mkdir()
        answer = await asking.ask("/metrics", "GET")
        said = json.loads(answer["body"])
        assert (answer["status"], said["error_code"]) == (500, "INTERNAL_ERROR")
        assert said["request_id"] == answer["headers"]["x-request-id"]
        assert (await asking.ask("/invocations"))["status"] == 200

    serving(tmp_path, client)
    assert "IsADirectoryError" in caplog.text


def test_a_canary_that_fails_is_counted_as_its_own_failure(tmp_path: Path) -> None:
    def broken(columns: object) -> object:
        raise RuntimeError("the feature code has a bug")

    async def client(asking: Asking) -> None:
        live = asking.worker.models.get(MODEL)
        model = replace(live.champion.model, transform=broken)
        rising = replace(live.champion, version=2, model=model)
        asking.worker.models.put(replace(live, challenger=Challenger(rising, 100.0, (), "salt")))
        answer = await asking.ask("/invocations")
        assert answer["status"] == 500
        named = answer["headers"]["x-model-version"], answer["headers"]["x-model-role"]
        assert named == ("2", "challenger")
        asked = {"model": MODEL, "version": "2", "role": "challenger"}
        requests = "ml_platform_requests_total"
        assert value(asking.folder, requests, **asked, status="5xx") == 1
        nobody = {"model": MODEL, "version": "", "role": ""}
        assert value(asking.folder, requests, **nobody, status="5xx") is None

    serving(tmp_path, client)


def test_bodies_on_their_way_take_places_and_pages_do_not(tmp_path: Path) -> None:
    async def client(asking: Asking) -> None:
        slow = [asyncio.create_task(asking.ask("/invocations", complete=False)) for _ in range(2)]
        await soon(lambda: in_flight_of_all(asking.folder) == 2, "both are in work")
        refused = await asking.ask("/invocations")
        assert (refused["status"], refused["headers"]["retry-after"]) == (503, "1")
        assert json.loads(refused["body"])["message"] == "2 requests are in work already"
        assert in_flight_of_all(asking.folder) == 2
        assert (await asking.ask("/v2/health/ready", "GET"))["status"] == 200
        page = (await asking.ask("/metrics", "GET"))["body"].decode()
        assert "\nml_platform_in_flight 2.0" in page
        asking.never.set()
        for each in slow:
            with suppress(ValueError):  # of a client that left, which gets no answer
                await each
        assert (await asking.ask("/invocations"))["status"] == 200
        assert in_flight_of_all(asking.folder) == 0

    serving(tmp_path, client, TWO_PLACES)


def test_the_head_of_a_prediction_has_no_body(tmp_path: Path) -> None:
    async def client(asking: Asking) -> None:
        answer = await asking.ask("/invocations", "HEAD")
        assert (answer["status"], answer["body"]) == (405, b"")

    serving(tmp_path, client)


def test_answers_that_wait_for_the_log_are_seen_from_outside(tmp_path: Path) -> None:
    store = FailingLog(local=False)

    async def client(asking: Asking) -> None:
        pipeline = asking.worker.pipeline(MODEL)
        own, pipeline.log = pipeline.log, DurableLog(lambda: store, tmp_path / "key")
        store.open.clear()
        answers = [asyncio.create_task(asking.ask("/invocations")) for _ in range(3)]

        def told() -> tuple[float | None, float]:
            queue = value(asking.folder, "ml_platform_log_queue")
            return queue, value(asking.folder, "ml_platform_log_lag_seconds") or 0.0

        await soon(lambda: told()[0] == 3 and told()[1] > 0.1, "three wait for the log")
        store.open.set()
        assert [answer["status"] for answer in await asyncio.gather(*answers)] == [200] * 3
        await soon(lambda: told() == (0, 0.0), "nothing waits for the log")
        await pipeline.log.close()
        pipeline.log = own

    serving(tmp_path, client, PATIENT)
