"""The rollout that is under way, read from the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ml_platform.core.ledger import EntryKind, LedgerEntry, champion_moves
from ml_platform.core.rollout.plan import Stage

# Verdicts of `Move` that leave a rollout where it is or move it on.
_STARTED, _ADVANCED, _HELD = "rollout_started", "rollout_advanced", "rollout_held"


@dataclass(frozen=True)
class Rollout:
    """A version on its way to become champion.

    Attributes:
        entry_id: the line that started it.
        model: the model.
        version: the version on its way.
        champion: the version that it is compared with.
        stage: where it stands.
        since: when the stage began.
        started_at: when the rollout began.
        as_of: the newest partition seen when it began.
    """

    entry_id: str
    model: str
    version: int
    champion: int
    stage: Stage
    since: datetime
    started_at: datetime
    as_of: str


def running(past: Iterable[LedgerEntry]) -> Rollout | None:
    """The rollout that has begun and is not over, if there is one.

    Args:
        past: the ledger of one model, in any order.
    """
    lines = sorted(past, key=lambda entry: (entry.decided_at, entry.entry_id))
    promoted = {move.refers_to for move in champion_moves(lines)}
    found: Rollout | None = None
    for line in lines:
        if line.kind is EntryKind.ROLLOUT:
            found = _after(found, line)
    return None if found is None or found.entry_id in promoted else found


def _after(found: Rollout | None, line: LedgerEntry) -> Rollout | None:
    if line.verdict == _STARTED:
        return _begun(line)
    if found is None or line.refers_to != found.entry_id:
        return found
    if line.verdict == _ADVANCED:
        return replace(found, stage=_stage(line), since=line.decided_at)
    if line.verdict == _HELD:
        return found
    return None


def _begun(line: LedgerEntry) -> Rollout:
    return Rollout(
        entry_id=line.entry_id,
        model=line.model,
        version=int(line.model_version or 0),
        champion=int(line.evidence["former"]),
        stage=_stage(line),
        since=line.decided_at,
        started_at=line.decided_at,
        as_of=line.as_of,
    )


def _stage(line: LedgerEntry) -> Stage:
    return Stage(line.evidence["role"], float(line.evidence["percent"]))
