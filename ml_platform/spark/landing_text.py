"""Opening landed text on the driver, and showing names to people."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, cast

_NAMES_SHOWN = 12


def open_landed(path: Path) -> BinaryIO:
    """Open a landed text file as bytes, unpacked if it ends in ``.gz``."""
    if path.suffix == ".gz":
        return cast(BinaryIO, gzip.open(path, "rb"))
    return path.open("rb")


def shown(names: Sequence[str]) -> str:
    """Names for a message, cut where there are many.

    >>> shown(["carrier", "flight"])
    'carrier, flight'
    """
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
