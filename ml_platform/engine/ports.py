"""Loopback ports: finding a free one and asking whether anything answers there."""

from __future__ import annotations

import socket
from http.client import HTTPException
from urllib.request import urlopen

from ml_platform.engine.errors import EngineError

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """A loopback port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def preferred_port(port: int) -> int:
    """The port itself where it is free, else any free one."""
    return free_port() if answers(port) else port


def claim_port(port: int, purpose: str) -> int:
    """The port itself, once it is known to be free.

    Two servers can silently share a port, so a taken one is refused here.

    Raises:
        EngineError: something else listens there.
    """
    if answers(port):
        raise EngineError(
            f"Port {port}, asked for by {purpose}, is taken by another process. "
            "Stop that process or name another port."
        )
    return port


def is_live(port: int) -> bool:
    """Whether an online endpoint on this loopback port says that it is alive."""
    try:
        with urlopen(f"http://{LOOPBACK}:{port}/v2/health/live", timeout=1.0):
            return True
    except (OSError, HTTPException):
        return False


def answers(port: int) -> bool:
    """Whether something accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex((LOOPBACK, port)) == 0
