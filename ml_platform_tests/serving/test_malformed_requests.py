"""Whatever is sent, no answer blames the server, no worker dies, and right requests go on."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil

from ml_platform_tests.serving.malformed import Malformed, malformed_requests
from ml_platform_tests.serving.raw_http import exchange
from ml_platform_tests.serving.toy_endpoint import RunningEndpoint, asked, rows

COUNT = 10_000
CLIENTS = 8
_ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) ")


def workers(endpoint: RunningEndpoint) -> set[tuple[int, float]]:
    """The processes of the endpoint, told apart from later ones of the same number."""
    children = psutil.Process(endpoint.process.pid).children(recursive=True)
    return {(child.pid, child.create_time()) for child in children}


def answers(endpoint: RunningEndpoint, seed: int) -> Iterator[tuple[Malformed, bytes]]:
    def sent(request: Malformed) -> tuple[Malformed, bytes]:
        return request, exchange(endpoint.url, request.sent, request.half_close, seconds=15)

    with ThreadPoolExecutor(CLIENTS) as clients:
        yield from clients.map(sent, malformed_requests(COUNT, seed))


def test_ten_thousand_malformed_requests_do_no_harm(endpoint: RunningEndpoint) -> None:
    before, right = workers(endpoint), asked(endpoint.url, rows(20)).json()["predictions"]
    statuses: Counter[int] = Counter()
    for request, answer in answers(endpoint, seed=0):
        found = [int(status) for status in _ANSWER.findall(answer)]
        assert found or request.half_close, request
        assert all(status in (100, 200) or 400 <= status < 500 for status in found), (
            request,
            answer,
        )
        statuses.update(found)
        if len(found) == 1 and found[0] >= 400 and b"\r\n\r\n{" in answer:
            document = json.loads(answer.partition(b"\r\n\r\n")[2])
            assert document.keys() == {"error_code", "message", "field", "request_id", "error"}
    assert workers(endpoint) == before
    again = asked(endpoint.url, rows(20))
    assert again.json()["predictions"] == right
    assert len(statuses) > 5, statuses
    assert sum(statuses.values()) > COUNT * 0.8
