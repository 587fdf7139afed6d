"""What is too much, too long or asked in another way is refused, and the endpoint goes on."""

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from ml_platform_tests.serving.raw_http import connected, exchange, post, received, status
from ml_platform_tests.serving.toy_endpoint import (
    MODEL,
    RunningEndpoint,
    asked,
    held,
    invocation,
    make_live,
    rows,
    running,
)

LIMITS = {"rows": 50, "body_mb": 0.05, "in_flight": 1, "timeout_seconds": 1.0}
BODY = int(0.05 * 2**20)
KIND = "content-type: application/json"


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEndpoint]:
    """One worker whose model declares narrow limits."""
    home = tmp_path_factory.mktemp("narrow")
    make_live(home / "serving", held(home / "serving", 1, {"limits": LIMITS}))
    with running(home, MODEL, "--max-workers", "1", "--no-watch") as served:
        yield served


def refused(answer: httpx.Response, expected: int) -> str:
    assert answer.status_code == expected, answer.text
    said = answer.json()
    assert said["request_id"] == answer.headers["x-request-id"]
    assert said["error_code"]
    return str(said["message"])


def test_as_many_rows_as_declared_are_answered_and_no_more(narrow: RunningEndpoint) -> None:
    assert asked(narrow.url, rows(50)).status_code == 200
    assert refused(asked(narrow.url, rows(51)), 413) == "51 rows; at most 50 in one request"


def test_a_body_that_announces_too_much_is_not_read(narrow: RunningEndpoint) -> None:
    sent = post("/invocations", b"{", KIND, f"content-length: {BODY + 1}")
    assert status(exchange(narrow.url, sent)) == 413


def test_a_body_in_chunks_is_counted_as_it_comes(narrow: RunningEndpoint) -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(20):
            yield b" " * 4096

    answer = httpx.post(
        f"{narrow.url}/invocations", content=chunks(), headers={"content-type": "application/json"}
    )
    assert refused(answer, 413) == f"the body is longer than {BODY} bytes"


def test_a_body_of_the_largest_size_is_read(narrow: RunningEndpoint) -> None:
    body = b'{"inputs": 1' + b" " * (BODY - 13) + b"}"
    assert len(body) == BODY
    answer = httpx.post(
        f"{narrow.url}/invocations", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422


def test_a_body_that_does_not_come_is_waited_for_no_longer_than_declared(
    narrow: RunningEndpoint,
) -> None:
    began = time.monotonic()
    with connected(narrow.url) as connection:
        connection.sendall(post("/invocations", b"{", KIND, "content-length: 500"))
        answer = received(connection)
    assert status(answer) == 408
    assert b"connection: close" in answer
    assert time.monotonic() - began > 0.9


def test_a_client_that_leaves_early_does_no_harm(narrow: RunningEndpoint) -> None:
    for _ in range(20):
        with connected(narrow.url) as connection:
            connection.sendall(post("/invocations", b"{", KIND, "content-length: 500"))
    assert asked(narrow.url, rows(1)).status_code == 200


def test_more_requests_at_once_than_declared_are_told_when_to_come_back(
    narrow: RunningEndpoint,
) -> None:
    body = invocation(rows(40))
    with httpx.Client(base_url=narrow.url) as client, ThreadPoolExecutor(16) as threads:
        asking = [threads.submit(client.post, "/invocations", json=body) for _ in range(200)]
        answers = [each.result() for each in asking]
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses.keys() == {200, 503}
    for answer in answers:
        if answer.status_code == 503:
            assert "1 requests are in work" in refused(answer, 503)
            assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize("path", ["/invocations", f"/v2/models/{MODEL}/infer"])
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_predictions_are_posted(narrow: RunningEndpoint, method: str, path: str) -> None:
    answer = httpx.request(method, narrow.url + path)
    assert refused(answer, 405) == "the path takes POST only"
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_pages_are_only_read(narrow: RunningEndpoint, method: str) -> None:
    answer = httpx.request(method, f"{narrow.url}/v2/health/ready")
    assert refused(answer, 405)
    assert answer.headers["allow"] == "GET, HEAD"


def test_a_page_may_be_asked_for_its_head_alone(narrow: RunningEndpoint) -> None:
    head = httpx.head(f"{narrow.url}/v2")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == httpx.get(f"{narrow.url}/v2").headers["content-length"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", "/"), ("GET", "/v2/models"), ("GET", "/v2/models/none"), ("POST", "/nowhere")),
        *(("POST", "/models/none/invocations"), ("POST", f"/v2/models/{MODEL}/versions/9/infer")),
    ],
)
def test_what_is_not_there_is_said_as_json(narrow: RunningEndpoint, method: str, path: str) -> None:
    assert refused(httpx.request(method, narrow.url + path), 404)


def test_a_compressed_body_is_refused(narrow: RunningEndpoint) -> None:
    answer = httpx.post(
        f"{narrow.url}/invocations", content=b"", headers={"content-encoding": "gzip"}
    )
    assert "not compressed" in refused(answer, 415)


def test_every_answer_has_an_identifier_of_its_own(narrow: RunningEndpoint) -> None:
    paths = [
        "/ping",
        "/version",
        "/metrics",
        "/v2",
        f"/v2/models/{MODEL}",
        "/none",
        "/openapi.json",
    ]
    found = [httpx.get(narrow.url + path).headers["x-request-id"] for path in paths]
    answer = asked(narrow.url, rows(1))
    assert answer.headers["x-request-id"] == answer.json()["request_id"]
    assert (answer.headers["x-model-version"], answer.headers["x-model-role"]) == ("1", "champion")
    assert len({*found, answer.headers["x-request-id"]}) == len(paths) + 1


def test_answers_about_a_model_say_of_which_version_they_are(narrow: RunningEndpoint) -> None:
    page = httpx.get(f"{narrow.url}/v2/models/{MODEL}")
    for answer in (page, asked(narrow.url, rows(51)), asked(narrow.url, rows(1))):
        named = answer.headers["x-model-version"], answer.headers["x-model-role"]
        assert named == ("1", "champion")


def test_a_name_for_the_request_has_a_limit(narrow: RunningEndpoint) -> None:
    name = "x" * 201
    answer = asked(narrow.url, rows(1), headers={"x-request-id": name})
    assert refused(answer, 422)
    assert answer.json()["field"] == "x-request-id"
    assert asked(narrow.url, rows(1), headers={"x-request-id": name[:200]}).status_code == 200
