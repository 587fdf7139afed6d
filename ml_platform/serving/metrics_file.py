"""The numbers of one worker in a file that others read while it writes."""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Final

SUFFIX: Final = ".worker"
_PAGE: Final = 1 << 16
_USED = struct.Struct("=Q")
_ENTRY = struct.Struct("=II")
_NUMBER: Final = 8

SeriesKey = tuple[str, tuple[str, ...]]
"""Name of the metric and values of its labels."""


class MetricsFile:
    """One worker's numbers, written in place through a memory map: no lock, no system call.

    The file is named by process and time of start, and locked (``flock``) as long as the process
    lives, however it ends: that is how others tell the living from the dead. A page says how
    much of it is in use, and says so only when what is new in it is complete; a number is 8
    aligned bytes, which are stored at once. So a reader sees each number as it was at some
    moment. Pages are filled with zeros before they are mapped, so that a full disk is an error
    here and not a signal at some later count.
    """

    def __init__(self, folder: Path) -> None:
        """Make the file.

        Raises:
            OSError: the folder cannot be written, or the disk is full.
        """
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{os.getpid()}-{time.time_ns()}{SUFFIX}"
        self._known: dict[SeriesKey, memoryview] = {}
        self._adding = Lock()
        # Under its name only when it is locked: before, others would take it for a dead worker's.
        self._file = os.open(folder / f".{name}", os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._pages = 0
        self._add_page()
        self.path = folder / name
        os.rename(folder / f".{name}", self.path)

    def series(self, key: SeriesKey, slots: int) -> memoryview:
        """The numbers of a series, all 0 at first; only one thread at a time may change them.

        Raises:
            OSError: the disk is full.
            ValueError: a label is longer than a page.
        """
        with self._adding:
            if key not in self._known:
                self._known[key] = self._add(json.dumps(key).encode(), slots)
            return self._known[key]

    def close(self) -> None:
        """Leave the file to the others, as the end of the process does."""
        fcntl.flock(self._file, fcntl.LOCK_UN)
        os.close(self._file)

    def _add(self, name: bytes, slots: int) -> memoryview:
        padded = name.ljust(-(-len(name) // _NUMBER) * _NUMBER)
        size = _ENTRY.size + len(padded) + slots * _NUMBER
        if size > _PAGE - _USED.size:
            raise ValueError(f"a series with {len(name)} bytes of labels does not fit into a page")
        if self._used + size > _PAGE:
            self._add_page()
        start = self._used
        _ENTRY.pack_into(self._page, start, len(padded), slots)
        numbers = start + _ENTRY.size + len(padded)
        self._page[start + _ENTRY.size : numbers] = padded
        self._used += size
        _USED.pack_into(self._page, 0, self._used)
        return memoryview(self._page)[numbers : self._used].cast("d")

    def _add_page(self) -> None:
        self._fill(self._pages * _PAGE)
        self._page = mmap.mmap(self._file, _PAGE, offset=self._pages * _PAGE)
        self._used = _USED.size
        _USED.pack_into(self._page, 0, self._used)
        self._pages += 1

    def _fill(self, start: int) -> None:
        """Write a page of zeros; a disk with less room than that takes a part and says nothing."""
        end = start + _PAGE
        while start < end:
            start += os.pwrite(self._file, bytes(end - start), start)


def is_written(path: Path) -> bool:
    """Whether the process that writes the file lives.

    Raises:
        FileNotFoundError: the file is gone.
    """
    file = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def read_series(path: Path) -> Iterator[tuple[SeriesKey, tuple[float, ...]]]:
    """Each series in the file with its numbers.

    Raises:
        FileNotFoundError: the file is gone.
    """
    content = path.read_bytes()
    for page in range(0, len(content), _PAGE):
        (used,) = _USED.unpack_from(content, page)
        at = page + _USED.size
        while at < page + used:
            length, slots = _ENTRY.unpack_from(content, at)
            numbers = at + _ENTRY.size + length
            name, labels = json.loads(content[at + _ENTRY.size : numbers])
            yield (name, tuple(labels)), struct.unpack_from(f"={slots}d", content, numbers)
            at = numbers + slots * _NUMBER
