"""The numbers of all workers of an endpoint, the dead ones included."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ml_platform.serving.metric_families import BY_NAME, IN_FLIGHT
from ml_platform.serving.metrics_file import SUFFIX, SeriesKey, is_written, read_series

_LOCK: Final = "reading.lock"
_DEAD: Final = "dead_workers.json"
_NEVER_NAMED_AFTER: Final = 60.0  # seconds; making a file takes less than one

Numbers = Mapping[SeriesKey, tuple[float, ...]]


@dataclass(frozen=True)
class Gathered:
    """What was found in the folder.

    Attributes:
        living: the numbers of each living worker.
        dead: the sum of what all others have counted; it only grows.
    """

    living: tuple[Numbers, ...]
    dead: Numbers

    def of(self, name: str) -> dict[tuple[str, ...], list[tuple[float, ...]]]:
        """By labels, the numbers of one metric, one entry for each that has them."""
        found: dict[tuple[str, ...], list[tuple[float, ...]]] = defaultdict(list)
        for numbers in (*self.living, self.dead):
            for (family, labels), values in numbers.items():
                if family == name:
                    found[labels].append(values)
        return found


def gather(folder: Path) -> Gathered:
    """Read all workers' numbers; those of the dead are folded into one file first.

    Readers take turns, so that none reads a worker's numbers twice or not at all while another
    folds them. Workers do not wait for readers.

    Raises:
        OSError: the folder cannot be read or written.
    """
    with _turn(folder):
        files = sorted(folder.glob(f"*{SUFFIX}"))
        living = [file for file in files if is_written(file)]
        dead = _folded(folder, [file for file in files if file not in living])
        return Gathered(tuple(dict(read_series(file)) for file in living), dead)


def in_flight_of_all(folder: Path) -> int:
    """Requests being answered at the moment, over all living workers.

    Raises:
        OSError: the folder cannot be read.
    """
    total = 0.0
    for file in folder.glob(f"*{SUFFIX}"):
        with suppress(FileNotFoundError):  # a reader has folded it since
            if is_written(file):
                # A worker that starts this moment has named its file and counts nothing yet.
                total += dict(read_series(file)).get((IN_FLIGHT.name, ()), (0.0,))[0]
    return int(total)


def forget(folder: Path) -> None:
    """Begin at zero, as a new start of the endpoint does; living workers go on counting.

    Otherwise the versions of all times would be read and told for ever.

    Raises:
        OSError: the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _turn(folder):
        for file in folder.glob(f"*{SUFFIX}"):
            if not is_written(file):
                file.unlink()
        for file in folder.glob(f".*{SUFFIX}"):
            if time.time() - file.stat().st_mtime > _NEVER_NAMED_AFTER:
                file.unlink()
        (folder / _DEAD).unlink(missing_ok=True)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    file = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _folded(folder: Path, files: list[Path]) -> Numbers:
    """The numbers of the dead, those in `files` among them, which are removed."""
    names, totals = _read_dead(folder)
    # A reader that was killed may have written the sum and not have removed the files.
    new = [file for file in files if file.name not in names]
    for file in new:
        for key, values in read_series(file):
            if BY_NAME[key[0]].lasts:
                before = totals.get(key, (0.0,) * len(values))
                totals[key] = tuple(a + b for a, b in zip(before, values, strict=True))
    if new:
        _write_dead(folder, [file.name for file in files], totals)
    for file in files:
        file.unlink()
    return totals


def _read_dead(folder: Path) -> tuple[set[str], dict[SeriesKey, tuple[float, ...]]]:
    path = folder / _DEAD
    if not path.exists():
        return set(), {}
    content = json.loads(path.read_bytes())
    series = {(name, tuple(labels)): tuple(values) for (name, labels), values in content["series"]}
    return set(content["workers"]), series


def _write_dead(folder: Path, workers: list[str], totals: Numbers) -> None:
    written = folder / f".{_DEAD}"
    with written.open("w") as file:
        json.dump({"workers": workers, "series": list(totals.items())}, file)
        file.flush()
        os.fsync(file.fileno())
    written.rename(folder / _DEAD)
