"""How tests wait: for what has to come, never for a time that suits one machine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

PATIENCE = 600.0
"""Seconds, an order of magnitude beyond what anything takes on a machine of two slow cores. Only a
test that fails ever waits so long."""


def wait_until(
    holds: Callable[[], bool], what: str, pause: float = 0.02, patience: float = PATIENCE
) -> float:
    """Wait until something holds, and return how many seconds it took.

    Raises:
        AssertionError: it did not come to hold; `what` says what it was.
    """
    began = time.monotonic()
    while not holds():
        waited = time.monotonic() - began
        assert waited < patience, f"waited {waited:.0f} s in vain: {what}"
        time.sleep(pause)
    return time.monotonic() - began


async def soon(holds: Callable[[], bool], what: str) -> None:
    """Let the other tasks of this loop go on until something holds.

    Raises:
        AssertionError: it did not come to hold; `what` says what it was.
    """
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited {PATIENCE:.0f} s in vain: {what}"
        await asyncio.sleep(0.01)
