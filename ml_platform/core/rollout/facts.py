"""What is known of a running rollout when a step is due: plain values, kept to be replayed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from ml_platform.core.rollout.signal import Reading, Signal


@dataclass(frozen=True)
class RolloutFacts:
    """Everything a step depends on, besides the declaration and the ledger.

    Times of requests are the endpoint's, by its wall clock; the partitions that requests are
    *about* play no part. So a rollout that gets no requests does not move, however late it is.

    Attributes:
        looked_at: wall-clock time of looking, with zone; only giving up depends on it.
        champion: the version that is champion now.
        role_held: whether the challenger still has the registry's alias of its stage.
        step_requests: what the challenger scored since the present stage began.
        champion_requests: what the champion answered since then.
        newest_request: when the challenger's newest request came, with zone.
        readings: one per declared signal, over the whole rollout.
    """

    looked_at: datetime
    champion: int | None
    role_held: bool = True
    step_requests: int = 0
    champion_requests: int = 0
    newest_request: datetime | None = None
    readings: tuple[Reading, ...] = ()

    def reading(self, signal: Signal) -> Reading:
        """What was measured of a signal."""
        found = (each for each in self.readings if each.signal is signal)
        return next(found, Reading(signal, missing="not looked at"))

    def to_json(self) -> dict[str, Any]:
        """Return the facts as plain JSON values."""
        recorded: dict[str, Any] = _FACTS.dump_python(self, mode="json")
        return recorded

    @classmethod
    def from_json(cls, recorded: Mapping[str, Any]) -> RolloutFacts:
        """Read facts back; the inverse of `to_json`."""
        return _FACTS.validate_python(recorded)


_FACTS = TypeAdapter(RolloutFacts)
