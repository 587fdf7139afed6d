"""How far back a window reaches when the declared one holds too few rows."""

from __future__ import annotations

from collections.abc import Sequence

MOST_GROWTH = 8
"""A window grows to at most so many times the declared one."""


def trailing_enough(rows: Sequence[int], declared: int, needed: int) -> int | None:
    """The fewest last partitions, from those declared on, that hold enough rows.

    Args:
        rows: Of each partition, oldest first.
        declared: Partitions of the declared window.
        needed: Rows.

    Returns:
        None where all of them together hold too few.

    >>> trailing_enough([24] * 56, 7, 200), trailing_enough([90] * 56, 7, 200)
    (9, 7)
    >>> trailing_enough([1] * 56, 7, 200)
    """
    for length in range(declared, max(len(rows), declared) + 1):
        if sum(rows[-length:]) >= needed:
            return length
    return None


def grown_said(partitions: int, declared: int) -> str:
    """Say that a window is longer than declared; nothing when it is not.

    >>> grown_said(9, 7), grown_said(7, 7)
    (', over 9 partitions instead of 7', '')
    """
    return f", over {partitions} partitions instead of {declared}" if partitions > declared else ""
