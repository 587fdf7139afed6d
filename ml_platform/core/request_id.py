"""Identifiers of predictions: UUID version 7 (RFC 9562), sortable by time."""

from __future__ import annotations

import os
import time
from uuid import UUID


def request_ids(count: int) -> list[str]:
    """Make ``count`` new identifiers with the present millisecond in front.

    >>> first = request_ids(1)[0]
    >>> len(first), first[14]
    (36, '7')
    """
    millisecond = (time.time_ns() // 1_000_000) << 80
    noise = os.urandom(10 * count)
    return [_identifier(millisecond, noise[10 * i : 10 * i + 10]) for i in range(count)]


def _identifier(millisecond: int, noise: bytes) -> str:
    bits = millisecond | int.from_bytes(noise)
    bits = bits & ~(0xF << 76) | (0x7 << 76)
    bits = bits & ~(0x3 << 62) | (0x2 << 62)
    return str(UUID(int=bits))
