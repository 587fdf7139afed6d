"""How the run launcher and the run server talk: one JSON line each way over a Unix socket.

Requests: ``{"do": "launch", "run_id", "arguments"}``, ``{"do": "terminate", "run_id"}``,
``{"do": "health", "run_id"}``. An answer always has ``ok``.
"""

from __future__ import annotations

import hashlib
import json
import socket
import tempfile
from pathlib import Path
from typing import Any

Message = dict[str, Any]

# The operating system's limit for the path of a Unix socket is 104 bytes or a little more.
LONGEST_PATH = 100
# A reload of the run server holds requests back for as long as its imports take.
PATIENCE_SECONDS = 60.0


def socket_path(home: Path) -> Path:
    """Where the run server of this home listens.

    Under the home, or, where that path is too long for a socket, in the temporary folder under
    a digest of it.
    """
    path = home / "run" / "runs.sock"
    if len(str(path).encode()) <= LONGEST_PATH:
        return path
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"ml_platform-{digest}.sock"


def ask(path: Path, message: Message) -> Message | None:
    """Send a request and return the answer; None where no run server listens, or none answers."""
    try:
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(PATIENCE_SECONDS)
            client.connect(str(path))
            send(client, message)
            return receive(client)
    except (FileNotFoundError, ConnectionError, TimeoutError):
        return None


def send(connection: socket.socket, message: Message) -> None:
    """Write one message."""
    connection.sendall(json.dumps(message).encode() + b"\n")


def receive(connection: socket.socket) -> Message:
    """Read one message.

    Raises:
        ConnectionError: the other side closed before the message was whole.
    """
    with connection.makefile("rb") as lines:
        line = lines.readline()
    if not line.endswith(b"\n"):
        raise ConnectionError("the other side closed the connection in the middle of a message")
    message: Message = json.loads(line)
    return message
