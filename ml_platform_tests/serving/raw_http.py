"""Bytes to a server and what comes back, with no client that would put them right."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit


def connected(url: str, seconds: float = 600.0) -> socket.socket:
    """A connection to a server."""
    parts = urlsplit(url)
    assert parts.hostname
    return socket.create_connection((parts.hostname, parts.port), seconds)


def exchange(url: str, sent: bytes, half_close: bool = False, seconds: float = 600.0) -> bytes:
    """Send bytes; return all that comes back until the server closes or is silent."""
    with connected(url, seconds) as connection:
        try:
            connection.sendall(sent)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            return received(connection)
        except (ConnectionResetError, BrokenPipeError):
            return b""


def received(connection: socket.socket) -> bytes:
    """All that comes back until the server closes or is silent."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except (TimeoutError, ConnectionResetError):
        pass
    return b"".join(parts)


def status(answer: bytes) -> int:
    """The status of the first answer, 0 for none."""
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def post(path: str, body: bytes, *headers: str) -> bytes:
    """A request that closes its connection; Content-Length is right unless given."""
    given = [f"POST {path} HTTP/1.1", "host: test", "connection: close", *headers]
    if not any(line.lower().startswith(("content-length", "transfer-enc")) for line in headers):
        given.append(f"content-length: {len(body)}")
    return "\r\n".join(given).encode("latin-1") + b"\r\n\r\n" + body
