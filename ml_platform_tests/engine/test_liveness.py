"""A process that hangs keeps its port: the kernel takes connections in its place."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from concurrent import futures
from http.server import BaseHTTPRequestHandler, HTTPServer

import grpc
import pytest

from ml_platform.engine.liveness import answers_grpc, answers_http
from ml_platform.engine.ports import answers, free_port


@pytest.fixture
def hung() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


class Paths(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def web() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Paths)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_what_hangs_takes_connections_and_answers_nothing(hung: int) -> None:
    assert answers(hung)
    assert not answers_http(hung, "/health")
    assert not answers_grpc(hung)


def test_what_is_not_there_answers_nothing() -> None:
    port = free_port()
    assert not answers_http(port, "/health")
    assert not answers_grpc(port)


@pytest.mark.parametrize(("status", "well"), [(200, True), (404, True), (500, False), (503, False)])
def test_an_error_of_the_server_is_no_answer(web: int, status: int, well: bool) -> None:
    assert answers_http(web, f"/{status}") is well


def test_a_grpc_server_that_is_at_work_shakes_hands() -> None:
    server = grpc.server(futures.ThreadPoolExecutor(1))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    assert answers_grpc(port)
    server.stop(None)
