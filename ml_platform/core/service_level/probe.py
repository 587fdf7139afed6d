"""One look at the endpoint from outside, and what several of them together say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from ml_platform.core.service_level.burn_rate import Event
from ml_platform.core.service_level.counters import Counters, added, increase


@dataclass(frozen=True)
class Probe:
    """A request with a row whose answer is known, sent by the platform itself.

    Attributes:
        at: when it was sent, UTC.
        ok: whether it was answered in time, and rightly to the last bit.
        latency_ms: until the answer; None where none came.
        version: of the model that answered; None where none did.
        error: why it is not ok; None where it is.
        counters: what the endpoint says it has counted; None where it could not be read.
    """

    at: datetime
    ok: bool
    latency_ms: float | None = None
    version: int | None = None
    error: str | None = None
    counters: Counters | None = None

    def to_row(self) -> dict[str, Any]:
        """The probe as a row of plain values."""
        return {
            "probed_at": self.at,
            "ok": self.ok,
            "latency_ms": self.latency_ms,
            "version": self.version,
            "error": self.error,
            "counters": None if self.counters is None else _written(self.counters),
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Probe:
        """Read back what `to_row` made."""
        said = row["counters"]
        return cls(
            at=row["probed_at"],
            ok=row["ok"],
            latency_ms=row["latency_ms"],
            version=row["version"],
            error=row["error"],
            counters=None if said is None else _read(said),
        )


def probe_events(probes: Iterable[Probe]) -> list[Event]:
    """Each probe as an event of the error budget."""
    return [Event(probe.at, 1.0, 0.0 if probe.ok else 1.0) for probe in probes]


def request_events(probes: Sequence[Probe]) -> list[Event]:
    """The requests answered between two looks, those with a 5xx being bad.

    Args:
        probes: oldest first.
    """
    return [Event(at, counted.requests, counted.failed) for at, counted in increases(probes)]


def counted(probes: Sequence[Probe], since: datetime, until: datetime) -> Counters:
    """What the endpoint counted in a stretch, to the precision of the probes' interval.

    Args:
        probes: oldest first; the one before the stretch among them, where there is one.
        since: what was read later counts.
        until: what was read by then counts.
    """
    total = Counters()
    for at, step in increases(probes):
        if since < at <= until:
            total = added(total, step)
    return total


def increases(probes: Sequence[Probe]) -> Iterator[tuple[datetime, Counters]]:
    """What was counted since the look before, at each look that could read the counters."""
    read = [(probe.at, probe.counters) for probe in probes if probe.counters is not None]
    for (_, before), (at, after) in pairwise(read):
        yield at, increase(before, after)


def _written(counters: Counters) -> str:
    said = {
        "answered": dict(counters.answered),
        "errors": dict(counters.errors),
        "at_most": [[str(bound), count] for bound, count in sorted(counters.at_most.items())],
    }
    return json.dumps(said)


def _read(text: str) -> Counters:
    said = json.loads(text)
    at_most = {float(bound): count for bound, count in said["at_most"]}
    return Counters(said["answered"], said["errors"], at_most)
