"""A list of days that stands still, because each of them would fail of the same.

A range that failed is taken apart, and then its days may fail as the range did: code that is
wrong for each of them, a registry that is gone. After two failures alike the rest waits. It goes
on once the code or the file changes, once a person has repeated the failed run with success, and
else with one day as a probe, after pauses that grow.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from ml_platform.core.landing import IngestionRun

ALIKE = 2
"""So many failures alike, one after another, hold the rest; the range itself is not counted,
because it had to fail of whatever one of its days fails of."""
PROBES = (600.0, 3_600.0, 21_600.0)
"""Seconds from the last failure to the next probe; the last of them from then on."""


@dataclass(frozen=True)
class Hold:
    """What the runs of a list failed of, and how often in a row.

    Attributes:
        cause: in words, the same for failures alike.
        times: runs of one partition that failed so, one after another.
        run: the last of them.
        at: when it ended, in seconds since the epoch.
        basis: what stood behind it: code and files, as a digest.
        days: those that a check refused meanwhile: tried again once the basis is another.
    """

    cause: str
    times: int
    run: IngestionRun
    at: float
    basis: str
    days: tuple[IngestionRun, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the rest of the list waits."""
        return self.times >= ALIKE

    @property
    def until(self) -> float:
        """When the next day is tried as a probe."""
        return self.at + PROBES[min(self.times - ALIKE, len(PROBES) - 1)]


def held_after(
    hold: Hold | None, run: IngestionRun, cause: str, refused: bool, at: float, basis: str
) -> Hold | None:
    """What is held once a run of the list has failed; None where its cause is not known."""
    if not cause:
        return None
    if len(run.partitions) > 1:
        return Hold(cause, 0, run, at, basis)
    days = (run,) if refused else ()
    if hold is None or hold.cause != cause:
        return Hold(cause, 1, run, at, basis, days)
    return Hold(cause, hold.times + 1, run, at, basis, (*hold.days, *days))


def basis_of(run: IngestionRun, code: str, looks: Mapping[str, str]) -> str:
    """A digest of what a run stands on.

    Args:
        run: of one partition or of many.
        code: a digest of the code and declarations in force.
        looks: by ``table/partition``, how the file looks that lies there.
    """
    names = sorted(f"{table}/{day}" for table, day in run.takes_in)
    content = "\n".join([code, *(f"{name}={looks.get(name, '')}" for name in names)])
    return sha256(content.encode()).hexdigest()[:16]


def fresh(run: IngestionRun) -> IngestionRun:
    """A run of the list as it is tried once its basis changed: at once, and from the beginning."""
    return replace(run, not_before=0.0, done=frozenset())
