"""Showing names to people."""

from __future__ import annotations

from collections.abc import Sequence

_NAMES_SHOWN = 12
_LONGEST_NAME = 60


def shown(names: Sequence[str]) -> str:
    """Names for a message, cut where there are many or where one is long.

    >>> shown(["carrier", "flight"])
    'carrier, flight'
    """
    more = len(names) - _NAMES_SHOWN
    listed = ", ".join(_short(name) for name in names[:_NAMES_SHOWN])
    return listed + (f" and {more} more" if more > 0 else "")


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…"
