"""Identifiers of predictions: UUID version 7 (RFC 9562), sortable by time."""

from __future__ import annotations

import os
import time
from uuid import UUID

RANDOM_TAIL = (1 << 62) - 1
"""The random bits behind the variant, RFC 9562's rand_b."""


def request_ids(count: int) -> list[str]:
    """Make ``count`` new identifiers with the present millisecond in front.

    >>> first = request_ids(1)[0]
    >>> len(first), first[14]
    (36, '7')
    """
    millisecond = (time.time_ns() // 1_000_000) << 80
    noise = os.urandom(10 * count)
    return [_identifier(millisecond, noise[10 * i : 10 * i + 10]) for i in range(count)]


def row_id(first: str, i: int) -> str:
    """The identifier of row ``i`` of a request: its own for row 0, then counted up.

    Counting stays within the random tail, so that version and variant hold for every row.

    >>> row_id("0190a6f0-0000-7000-8000-00000000000f", 0)
    '0190a6f0-0000-7000-8000-00000000000f'
    >>> row_id("0190a6f0-0000-7000-8000-00000000000f", 1)
    '0190a6f0-0000-7000-8000-000000000010'
    >>> row_id("0190a6f0-0000-7000-bfff-ffffffffffff", 1)
    '0190a6f0-0000-7000-8000-000000000000'
    """
    bits = UUID(first).int
    return str(UUID(int=bits & ~RANDOM_TAIL | (bits + i) & RANDOM_TAIL))


def _identifier(millisecond: int, noise: bytes) -> str:
    bits = millisecond | int.from_bytes(noise)
    bits = bits & ~(0xF << 76) | (0x7 << 76)
    bits = bits & ~(0x3 << 62) | (0x2 << 62)
    digits = f"{bits:032x}"  # as UUID writes it, in a third of the time
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
