"""What became of a message on one channel."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Delivery:
    """One channel's outcome; `error` says in words why it is not ok, without any secret."""

    channel: str
    ok: bool
    error: str | None = None
