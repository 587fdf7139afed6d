"""What is known of a request while it is worked on, for the answer that it did not get."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Asked:
    """A request, filled in as more of it becomes known.

    Attributes:
        arrived: `time.perf_counter()` when its head was complete.
        model: as the path names it; None where it names none.
        probe: whether the platform asks.
        version: that is to answer; 0 before it is chosen.
        role: of that version; "" before.
    """

    arrived: float
    model: str | None = None
    probe: bool = False
    version: int = 0
    role: str = ""
