"""How tests wait: for what has to come, never for a time that suits one machine."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 600.0
"""Seconds, an order of magnitude beyond what anything takes on a machine of two slow cores. Only a
test that fails ever waits so long."""


def wait_until(holds: Callable[[], bool], what: str, pause: float = 0.02) -> float:
    """Wait until something holds, and return how many seconds it took.

    Raises:
        AssertionError: it did not come to hold; `what` says what it was.
    """
    began = time.monotonic()
    while not holds():
        waited = time.monotonic() - began
        assert waited < PATIENCE, f"waited {waited:.0f} s in vain: {what}"
        time.sleep(pause)
    return time.monotonic() - began
