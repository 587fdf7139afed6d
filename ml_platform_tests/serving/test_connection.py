"""A connection ends by a goodbye in an answer, never between request and answer."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
import uvicorn

from ml_platform.serving.connection import CONNECTION_SECONDS, Connection
from ml_platform_tests.waiting import wait_until


async def app(scope, receive, send):
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@dataclass(frozen=True)
class Served:
    """A server and its connections that are open now."""

    url: str
    connections: set[Connection]


@pytest.fixture
def served() -> Iterator[Served]:
    config = uvicorn.Config(app, http=Connection, port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    wait_until(lambda: server.started, "the server has started")
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    yield Served(url, server.server_state.connections)
    server.should_exit = True
    thread.join()


@pytest.fixture
def url(served: Served) -> str:
    return served.url


def test_a_young_connection_is_kept(url):
    with httpx.Client() as client:
        for _ in range(20):
            answer = client.get(url)
            assert "connection" not in answer.headers
        assert len({id(each) for each in client._transport._pool.connections}) == 1


def test_an_old_connection_is_answered_and_renewed(served):
    with httpx.Client() as client:
        assert "connection" not in client.get(served.url).headers
        [old] = served.connections
        old.renewed_at = 0.0
        last = client.get(served.url)
        assert (last.status_code, last.headers["connection"]) == (200, "close")
        assert "connection" not in client.get(served.url).headers


def test_connections_that_were_opened_together_are_not_renewed_together(served):
    together = [httpx.Client(verify=False) for _ in range(30)]
    began = time.monotonic()
    for each in together:
        each.get(served.url)
    took = time.monotonic() - began
    ages = sorted(each.renewed_at for each in served.connections)
    assert len(ages) == 30
    apart = ages[-1] - ages[0]
    assert apart / (0.4 * CONNECTION_SECONDS) > 0.5
    assert apart <= 0.4 * CONNECTION_SECONDS + took
    for each in together:
        each.close()


def test_a_leaving_worker_ends_every_connection_with_its_next_answer(url, monkeypatch):
    with httpx.Client() as client:
        assert "connection" not in client.get(url).headers
        monkeypatch.setattr(Connection, "leaving", True)
        assert client.get(url).headers["connection"] == "close"
