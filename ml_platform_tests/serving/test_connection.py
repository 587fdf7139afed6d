"""A connection ends by a goodbye in an answer, never between request and answer."""

import threading
import time
from collections.abc import Iterator

import httpx
import pytest
import uvicorn

from ml_platform.serving import connection
from ml_platform.serving.connection import Connection


async def app(scope, receive, send):
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
def url() -> Iterator[str]:
    config = uvicorn.Config(app, http=Connection, port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()


def test_a_young_connection_is_kept(url):
    with httpx.Client() as client:
        for _ in range(20):
            answer = client.get(url)
            assert "connection" not in answer.headers
        assert len({id(each) for each in client._transport._pool.connections}) == 1


def test_an_old_connection_is_answered_and_renewed(url, monkeypatch):
    monkeypatch.setattr(connection, "CONNECTION_SECONDS", 0.3)
    with httpx.Client() as client:
        assert "connection" not in client.get(url).headers
        time.sleep(0.4)
        last = client.get(url)
        assert (last.status_code, last.headers["connection"]) == (200, "close")
        assert "connection" not in client.get(url).headers


def test_connections_that_were_opened_together_are_not_renewed_together(monkeypatch, url):
    monkeypatch.setattr(connection, "CONNECTION_SECONDS", 1.0)
    together = [httpx.Client() for _ in range(30)]
    for each in together:
        each.get(url)
    time.sleep(1.0)
    ended = [each.get(url).headers.get("connection") == "close" for each in together]
    assert 0 < sum(ended) < 30
    for each in together:
        each.close()


def test_a_leaving_worker_ends_every_connection_with_its_next_answer(url, monkeypatch):
    with httpx.Client() as client:
        assert "connection" not in client.get(url).headers
        monkeypatch.setattr(Connection, "leaving", True)
        assert client.get(url).headers["connection"] == "close"
