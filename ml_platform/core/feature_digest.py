"""A digest of one row of model inputs: equal inputs, equal digest, in batch and online."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from hashlib import blake2b

Cell = str | int | float | bool | None


def feature_digests(columns: Mapping[str, Sequence[Cell]]) -> list[str]:
    """Digest each row over all columns, in the order of their names.

    Args:
        columns: sequences of equal length by column name; None and NaN both mean missing.

    Returns:
        16 hexadecimal digits per row (64 bits of BLAKE2b, RFC 7693).

    >>> a, b, c = feature_digests({"hour": [7, 7, 8], "origin": ["JFK", "JFK", "JFK"]})
    >>> a == b, a == c
    (True, False)
    """
    ordered = [columns[name] for name in sorted(columns)]
    return [_digest(row) for row in zip(*ordered, strict=True)]


def _digest(row: Sequence[Cell]) -> str:
    return blake2b(b"\x1f".join(_bytes(cell) for cell in row), digest_size=8).hexdigest()


def _bytes(cell: Cell) -> bytes:
    if cell is None:
        return b"-"
    if isinstance(cell, str):
        return b"s" + cell.encode()
    number = float(cell)
    return b"-" if math.isnan(number) else b"n" + struct.pack(">d", number)
