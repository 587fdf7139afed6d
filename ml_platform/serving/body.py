"""The body of a request, read no further than it may be long."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from ml_platform.serving.errors import InvalidRequest

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Headers = Iterable[tuple[bytes, bytes]]


class ClientLeft(Exception):
    """The client closed the connection before its request was complete."""


def header(headers: Headers, name: bytes) -> str:
    """The value of a header, "" where it was not sent."""
    for key, value in headers:
        if key == name:
            return value.decode("latin-1")
    return ""


async def read_body(receive: Receive, headers: Headers, most_bytes: int) -> bytes:
    """Return the whole body.

    Raises:
        InvalidRequest: 413, announced or grown beyond `most_bytes`.
        ClientLeft: it never came to its end.
    """
    announced = header(headers, b"content-length")
    if announced.isdigit() and int(announced) > most_bytes:
        raise _too_long(most_bytes)
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientLeft
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most_bytes:
            raise _too_long(most_bytes)
        if not message.get("more_body"):
            return b"".join(parts)


def _too_long(most_bytes: int) -> InvalidRequest:
    return InvalidRequest(413, None, f"the body is longer than {most_bytes} bytes")
