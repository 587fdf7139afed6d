"""A digest of one row of model inputs: equal inputs, equal digest, in batch and online."""

from __future__ import annotations

import math
import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b

Cell = str | int | float | bool | datetime | None


def feature_digests(columns: Mapping[str, Sequence[Cell]]) -> list[str]:
    """Digest each row over all columns, in the order of their names.

    Args:
        columns: sequences of equal length by column name; None and NaN both mean missing, and
            numbers are equal when their float64 are (1, 1.0 and True; 0.0 and -0.0).

    Returns:
        16 hexadecimal digits per row (64 bits of BLAKE2b, RFC 7693).

    >>> a, b, c = feature_digests({"hour": [7, 7, 8], "origin": ["JFK", "JFK", "JFK"]})
    >>> a == b, a == c
    (True, False)
    """
    ordered = [columns[name] for name in sorted(columns)]
    return [_digest(row) for row in zip(*ordered, strict=True)]


def _digest(row: Sequence[Cell]) -> str:
    return blake2b(b"".join(cell_bytes(cell) for cell in row), digest_size=8).hexdigest()


def cell_bytes(cell: Cell) -> bytes:
    """One value as bytes of its own kind and length; None and NaN are the same: missing.

    >>> cell_bytes(1) == cell_bytes(1.0), cell_bytes("1") == cell_bytes(1)
    (True, False)
    """
    if cell is None:
        return b"-"
    if isinstance(cell, datetime):
        # As a request writes a time: the same moment has one digest in batch and online.
        cell = cell.isoformat()
    if isinstance(cell, str):
        # Its length goes ahead of it, so that no text can pass for the cells that follow.
        text = cell.encode()
        return b"s" + struct.pack(">Q", len(text)) + text
    number = float(cell) + 0.0  # which makes 0.0 of -0.0
    return b"-" if math.isnan(number) else b"n" + struct.pack(">d", number)
