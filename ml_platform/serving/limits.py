"""What bounds a request before its body is parsed: method, encoding and size; and its time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ml_platform.core.serving_spec import LimitsSpec
from ml_platform.serving.body import Receive, read_body
from ml_platform.serving.errors import InvalidRequest, RequestRefused

MEGABYTE = 2**20


class MethodNotAllowed(RequestRefused):
    """The path is there, but not for this method: 405.

    Attributes:
        allow: the methods it is there for, as the Allow header lists them.
    """

    kind = "method"

    def __init__(self, allow: str) -> None:
        super().__init__(405, f"the path takes {allow} only")
        self.allow = allow


class NoSuchPath(RequestRefused):
    """Nothing is served under this path: 404."""

    kind = "path"

    def __init__(self) -> None:
        super().__init__(404, "there is no such path; /openapi.json lists those there are")


class TooSlow(RequestRefused):
    """The body did not come within the time that is declared for body and answer: 408."""

    kind = "slow"

    def __init__(self) -> None:
        super().__init__(408, "the body did not come within the model's timeout")


async def body_within(scope: Mapping[str, Any], receive: Receive, limits: LimitsSpec) -> bytes:
    """Return the body of a POST.

    Raises:
        MethodNotAllowed: it is another method.
        InvalidRequest: 413, longer than declared; 415, compressed.
        ClientLeft: it never came to its end.
    """
    if scope["method"] != "POST":
        raise MethodNotAllowed("POST")
    sent = dict(scope["headers"])
    if sent.get(b"content-encoding", b"identity") != b"identity":
        # A few bytes can unpack to gigabytes, and a row is not worth packing.
        raise InvalidRequest(415, "content-encoding", "send the body as it is, not compressed")
    return await read_body(receive, scope["headers"], int(limits.body_mb * MEGABYTE))
