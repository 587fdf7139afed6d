"""A body is counted as it comes, in however many parts."""

import asyncio
from collections.abc import Sequence

import pytest

from ml_platform.serving.body import ClientLeft, Message, header, read_body
from ml_platform.serving.errors import InvalidRequest


def body_of(parts: Sequence[bytes], most: int, announced: str = "", left: bool = False) -> bytes:
    messages: list[Message] = [
        {"type": "http.request", "body": part, "more_body": left or part is not parts[-1]}
        for part in parts
    ]
    if left:
        messages.append({"type": "http.disconnect"})

    async def receive() -> Message:
        return messages.pop(0)

    headers = [(b"content-length", announced.encode())] if announced else []
    return asyncio.run(read_body(receive, headers, most))


@pytest.mark.parametrize(
    "parts", [[b"abcdef"], [b"abc", b"def"], [b"abcdef", b""], [b"", b"abcdef"]]
)
def test_a_body_may_be_as_long_as_allowed_and_no_longer(parts: list[bytes]) -> None:
    assert body_of(parts, 6) == b"abcdef"
    with pytest.raises(InvalidRequest, match="longer than 5 bytes") as refused:
        body_of(parts, 5)
    assert refused.value.status == 413


def test_a_body_that_announces_too_much_is_not_waited_for() -> None:
    with pytest.raises(InvalidRequest, match="longer than 5 bytes"):
        body_of([], 5, announced="6")


@pytest.mark.parametrize("parts", [[], [b"abc"]])
def test_a_client_that_leaves_has_sent_no_body(parts: list[bytes]) -> None:
    with pytest.raises(ClientLeft):
        body_of(parts, 5, left=True)


def test_a_header_that_was_not_sent_is_empty() -> None:
    headers = [(b"a", b"1"), (b"b", b"\xff")]
    assert [header(headers, name) for name in (b"a", b"b", b"c")] == ["1", "\xff", ""]
