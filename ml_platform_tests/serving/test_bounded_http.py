"""A head that is malformed, too large or too slow is refused, and its connection closed."""

import json
import time

import pytest

from ml_platform.serving import bounded_http
from ml_platform_tests.serving.raw_http import connected, exchange, post, received, status
from ml_platform_tests.serving.toy_endpoint import RunningEndpoint

MORE = b"x" * (bounded_http.HEAD_BYTES + 1)


def document(answer: bytes) -> dict[str, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head
    assert b"connection: close" in head
    return dict(json.loads(body))


@pytest.mark.parametrize(
    "sent",
    [
        *(b"\r\n\r\nnonsense\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01"),
        *(b"POST / HTTP/1.1\r\ncontent-length: -5\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n"),
        *(b"GET / HTTP/1.1\r\nbad header\r\n\r\n", b"\x00" * 100),
        b"POST / HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
    ],
)
def test_what_is_no_http_is_refused_as_json(endpoint: RunningEndpoint, sent: bytes) -> None:
    answer = exchange(endpoint.url, sent)
    assert status(answer) == 400
    assert document(answer)["error_code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /ping HTTP/1.1\r\nlong: " + MORE,
        b"GET /ping HTTP/1.1\r\nlong: " + MORE + b"\r\n\r\n",
        b"GET /" + MORE + b" HTTP/1.1\r\n\r\n",
        b"GET /ping HTTP/1.1\r\n" + b"a: b\r\n" * 20_000,
    ],
)
def test_a_head_that_is_too_large_is_refused(endpoint: RunningEndpoint, sent: bytes) -> None:
    answer = exchange(endpoint.url, sent)
    assert status(answer) == 431
    assert document(answer)["error_code"] == "REQUEST_HEADERS_TOO_LARGE"


def test_a_head_of_usual_size_is_answered(endpoint: RunningEndpoint) -> None:
    sent = b"GET /ping HTTP/1.1\r\nlong: " + b"x" * 20_000 + b"\r\nconnection: close\r\n\r\n"
    assert status(exchange(endpoint.url, sent)) == 200


def test_the_second_request_of_a_connection_is_bounded_too(endpoint: RunningEndpoint) -> None:
    with connected(endpoint.url) as connection:
        connection.sendall(b"GET /ping HTTP/1.1\r\nhost: test\r\n\r\n")
        assert status(connection.recv(65536)) == 200
        connection.sendall(b"GET /ping HTTP/1.1\r\nlong: ")
        for _ in range(5):
            time.sleep(0.05)
            connection.sendall(b"x" * 8192)
        assert status(received(connection)) == 431


@pytest.mark.slow
def test_a_head_that_does_not_come_to_its_end_is_refused(endpoint: RunningEndpoint) -> None:
    began = time.monotonic()
    with connected(endpoint.url) as silent, connected(endpoint.url) as halfway:
        halfway.sendall(b"GET /ping HTTP/1.1\r\nhost: te")
        assert [status(received(each)) for each in (silent, halfway)] == [408, 408]
    assert time.monotonic() - began > 9


def test_a_body_may_take_longer_than_a_head(endpoint: RunningEndpoint) -> None:
    request = post("/invocations", b'{"inputs": {}}', "content-type: application/json")
    with connected(endpoint.url) as connection:
        connection.sendall(request[:-5])
        time.sleep(0.3)
        connection.sendall(request[-5:])
        assert status(received(connection)) == 422
