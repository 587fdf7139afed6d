"""Partitions of a window that hold nothing, and what stands in for them.

A week that lacks its Monday is no week: where weekdays differ, it looks like drift although every
day of it is an ordinary one. The partition a cycle before is of the same phase, so the window
holds each phase as often as those that the thresholds were made from.
"""

from __future__ import annotations

from collections.abc import Sequence

from ml_platform.core.drift.cadence import Cadence
from ml_platform.core.drift.calibrate import Partition


def without_gaps(recent: Sequence[Partition], cadence: Cadence) -> list[Partition]:
    """The same partitions, those that hold nothing replaced by the ones a cycle before them.

    One stays as it is where that one holds nothing either, is not among these, or where the
    cadence has no cycle.

    Args:
        recent: Oldest first and without gaps in their keys.
        cadence: Of their calendar.
    """
    return [recent[_stand_in(recent, at, cadence)] for at in range(len(recent))]


def gaps_said(recent: Sequence[Partition], span: int, cadence: Cadence) -> str:
    """Which of the last `span` partitions hold nothing, and what stands in; empty without any."""
    said = []
    for at in range(max(len(recent) - span, 0), len(recent)):
        if _empty(recent[at]):
            other = _stand_in(recent, at, cadence)
            instead = "" if other == at else f", {recent[other][0]} stands in for it"
            said.append(f"{recent[at][0]} holds nothing{instead}")
    return "; ".join(said)


def _stand_in(recent: Sequence[Partition], at: int, cadence: Cadence) -> int:
    before = at - cadence.cycle
    if cadence.cycle == 1 or before < 0 or not _empty(recent[at]) or _empty(recent[before]):
        return at
    return before


def _empty(partition: Partition) -> bool:
    return not any(profile.rows for profile in partition[1].values())
