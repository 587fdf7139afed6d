"""Whatever answers under the endpoint's address, the probe has a finding."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from ml_platform.stores import endpoint_probe
from ml_platform.stores.endpoint_probe import PROBE, GoldenRequest, probe

GOLDEN = GoldenRequest(version=3, body=b"{}", score=0.1)
RIGHT = json.dumps({"predictions": [{"score": 0.1}]}).encode()


@contextmanager
def answering(
    body: bytes, headers: Mapping[str, str], status: int = 200, metrics: bytes = b""
) -> Iterator[tuple[str, list[Mapping[str, str]]]]:
    """A server that gives this answer to everything; and the headers that it was sent."""
    sent: list[Mapping[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            sent.append(dict(self.headers))
            self.reply(status, body, headers)

        def do_GET(self) -> None:
            self.reply(200 if metrics else 404, metrics, {})

        def reply(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", sent
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_right_bits_of_the_live_version_are_what_is_asked_for() -> None:
    with answering(RIGHT, {"x-model-version": "3"}) as (url, sent):
        found = probe(url, "mine", GOLDEN)
    assert (found.ok, found.version, found.error) == (True, 3, None)
    assert sent[0][PROBE] == "1"
    # Its metrics could not be read, and that is no outage.
    assert found.counters is None


@pytest.mark.parametrize(
    ("body", "version", "said"),
    [
        (RIGHT, None, "the answer cannot be read"),
        (RIGHT, "three", "the answer cannot be read"),
        (b"<html>", "3", "the answer cannot be read"),
        (b'{"predictions": []}', "3", "the answer cannot be read"),
        (b'{"predictions": [{}]}', "3", "the answer cannot be read"),
        (b"[1]", "3", "the answer cannot be read"),
        (RIGHT, "2", "version 2 answered, version 3 is live"),
        (RIGHT.replace(b"0.1", b"0.10000000000000002"), "3", "version 3 answered 0.10000000000000"),
    ],
)
def test_any_other_answer_is_an_outage(body: bytes, version: str | None, said: str) -> None:
    headers = {} if version is None else {"x-model-version": version}
    with answering(body, headers) as (url, _):
        found = probe(url, "mine", GOLDEN)
    assert not found.ok
    assert found.error is not None
    assert found.error.startswith(said)
    assert found.latency_ms is not None


def test_a_token_is_shown_where_there_is_one() -> None:
    with answering(RIGHT, {"x-model-version": "3"}) as (url, sent):
        probe(url, "mine", GOLDEN)
        probe(url, "mine", GOLDEN, token="secret")
    assert [headers.get("authorization") for headers in sent] == [None, "Bearer secret"]


def test_a_refusal_is_told_with_its_reason() -> None:
    with answering(b"no champion yet", {}, status=503) as (url, _):
        found = probe(url, "mine", GOLDEN)
    assert (found.ok, found.error) == (False, "HTTP 503: no champion yet")


def test_metrics_are_read_in_the_same_look() -> None:
    metrics = b'ml_platform_requests_total{model="mine",status="2xx"} 7\n'
    with answering(RIGHT, {"x-model-version": "3"}, metrics=metrics) as (url, _):
        found = probe(url, "mine", GOLDEN)
    assert found.counters is not None
    assert found.counters.answered == {"2xx": 7}


def test_nobody_there_is_an_outage() -> None:
    found = probe("http://127.0.0.1:1", "mine", GOLDEN)
    assert not found.ok
    assert str(found.error).startswith("ConnectError")


def test_a_right_answer_that_trickles_in_too_late_is_an_outage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(endpoint_probe, "TIMEOUT_SECONDS", 0.4)
    with trickling(RIGHT, pause=0.03) as url:
        found = probe(url, "mine", GOLDEN)
    assert not found.ok
    assert found.error is not None
    assert "longer than 0.4 s" in found.error


@contextmanager
def trickling(body: bytes, pause: float) -> Iterator[str]:
    """A server whose answer comes byte by byte."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("x-model-version", "3")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(pause)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
