"""The newest version of each table, opened once and again only when a newer one is there.

Opening a Delta table reads its log, which grows with its history. Sensors look at the same tables
every few seconds, and the steps of a run open the same ones again and again; most of the time
nothing was written in between. Whether something was is told by the disk in a microsecond: the
next version's file in the log, which each commit creates.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from ml_platform.stores.lake_snapshot import Snapshot

MOST_TABLES = 1024


@dataclass(frozen=True)
class _Opened:
    """A snapshot, and what its version's file in the log looked like.

    A table that was removed and made again has other files under the same numbers.
    """

    snapshot: Snapshot
    looked: tuple[int, int]

    def is_newest(self, root: Path) -> bool:
        version = self.snapshot.version
        return _look(root, version) == self.looked and _look(root, version + 1) is None


_opened: OrderedDict[Path, _Opened] = OrderedDict()
_lock = Lock()


def newest_snapshot(table: str, root: Path) -> Snapshot | None:
    """The newest version of a table, to be read only; None where no table is.

    A snapshot never changes, so callers share it. A writer opens its own: what it does to the table
    moves the snapshot that it holds.

    Raises:
        StoreError: for a table that cannot be read safely.
    """
    with _lock:
        known = _opened.get(root)
        if known is not None:
            _opened.move_to_end(root)
    if known is not None and known.is_newest(root):
        return known.snapshot
    snapshot = Snapshot.load(table, root)
    looked = _look(root, snapshot.version) if snapshot is not None else None
    with _lock:
        if snapshot is None or looked is None:
            _opened.pop(root, None)
        else:
            _opened[root] = _Opened(snapshot, looked)
        while len(_opened) > MOST_TABLES:
            _opened.popitem(last=False)
    return snapshot


def _look(root: Path, version: int) -> tuple[int, int] | None:
    """Inode and time of a version's file in the log; None where there is none."""
    try:
        seen = os.stat(root / "_delta_log" / f"{version:020}.json")
    except FileNotFoundError:
        return None
    return seen.st_ino, seen.st_mtime_ns


def _forget() -> None:
    """What was opened belongs to the process that opened it, and to none that is forked from it."""
    global _lock
    _lock = Lock()
    _opened.clear()


os.register_at_fork(after_in_child=_forget)
