"""A closed-loop HTTP client: each connection sends its next request when it has its answer.

python -m benchmarks.serving_client HOST PORT FILE CLIENTS SECONDS

FILE holds one whole request, head and body; its bytes are sent again and again. Sockets and one
selector: the client must cost less than the server that it measures.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_LAST = b"\r\nconnection: close"


@dataclass(frozen=True)
class Load:
    """What a load found: answers per second, latencies in milliseconds, answers other than 200."""

    requests_per_second: float
    p50: float
    p95: float
    p99: float
    answers: int
    refused: int


@dataclass
class _Connection:
    socket: socket.socket
    sent: float = 0.0
    received: bytearray = field(default_factory=bytearray)
    ended: bool = False


def http_request(path: str, body: bytes, host: str = "127.0.0.1") -> bytes:
    """A POST of JSON as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def load(
    address: tuple[str, int], request: bytes, clients: int, seconds: float, warm_up: float = 1.0
) -> Load:
    """Keep `clients` connections busy for `seconds`, after `warm_up` seconds that do not count.

    Raises:
        ConnectionError: the server hung up.
    """
    selector = selectors.DefaultSelector()
    connections = [_connect(address) for _ in range(clients)]
    for each in connections:
        selector.register(each.socket, selectors.EVENT_READ, each)
        _send(each, request)
    begun = time.perf_counter() + warm_up
    ends, latencies, refused = begun + seconds, [], 0
    while (now := time.perf_counter()) < ends:
        for key, _ in selector.select(timeout=ends - now):
            status = _receive(key.data)
            if status is None:
                continue
            if key.data.sent >= begun:
                latencies.append(time.perf_counter() - key.data.sent)
                refused += status != b"200"
            if key.data.ended:
                _renew(key.data, selector, address)
            _send(key.data, request)
    took = time.perf_counter() - begun
    for each in connections:
        each.socket.close()
    return _summed(latencies, refused, took)


def _connect(address: tuple[str, int]) -> _Connection:
    made = socket.create_connection(address, timeout=30)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _Connection(made)


def _renew(
    connection: _Connection, selector: selectors.BaseSelector, address: tuple[str, int]
) -> None:
    """Go on over a new connection, as the server asked in its answer."""
    selector.unregister(connection.socket)
    connection.socket.close()
    connection.socket, connection.ended = _connect(address).socket, False
    selector.register(connection.socket, selectors.EVENT_READ, connection)


def _send(connection: _Connection, request: bytes) -> None:
    connection.sent = time.perf_counter()
    connection.socket.sendall(request)


def _receive(connection: _Connection) -> bytes | None:
    """The status, once the whole answer is there."""
    more = connection.socket.recv(65536)
    if not more:
        raise ConnectionError(f"the server hung up after {bytes(connection.received)[:200]!r}")
    received = connection.received
    received += more
    head_ends = received.find(_END)
    if head_ends < 0:
        return None
    head = bytes(received[:head_ends]).lower()
    place = head.index(_LENGTH) + len(_LENGTH)
    length = int(head[place:].split(b"\r\n", 1)[0])
    if len(received) < head_ends + len(_END) + length:
        return None
    connection.ended = _LAST in head
    received.clear()
    return head[9:12]


def _summed(latencies: list[float], refused: int, seconds: float) -> Load:
    p50, p95, p99 = np.percentile(np.array(latencies) * 1000, [50, 95, 99]).tolist()
    return Load(len(latencies) / seconds, p50, p95, p99, len(latencies), refused)


def main() -> None:
    """Print what a load on an address found, as JSON."""
    host, port, file, clients, seconds = sys.argv[1:]
    request = Path(file).read_bytes()
    found = load((host, int(port)), request, int(clients), float(seconds), warm_up=0)
    print(json.dumps(asdict(found)))


if __name__ == "__main__":
    main()
