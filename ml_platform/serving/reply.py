"""What goes back over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

JSON = "application/json"
Header = tuple[bytes, bytes]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer.

    Attributes:
        status: HTTP's.
        body: its bytes.
        content_type: of the body.
        headers: further ones, names in lower case.
    """

    status: int
    body: bytes
    content_type: str = JSON
    headers: tuple[Header, ...] = ()


def json_reply(said: Any, status: int = 200, headers: tuple[Header, ...] = ()) -> Reply:
    """An answer of plain values."""
    return Reply(status, orjson.dumps(said), headers=headers)


def version_headers(version: int, role: str) -> tuple[Header, ...]:
    """The headers that say which version an answer is of, and in which role."""
    return (b"x-model-version", b"%d" % version), (b"x-model-role", role.encode())


def request_id_header(request_id: str) -> Header:
    """The header that names the answer."""
    return b"x-request-id", request_id.encode()
