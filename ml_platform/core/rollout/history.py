"""What was live when: who had which role of a model from when to when, read from the ledger.

The ledger knows what the platform and its commands did. A role that somebody moves past them, in
MLflow's own pages, is live as well, and in no line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ml_platform.core.ledger import EntryKind, LedgerEntry, champion_moves
from ml_platform.core.rollout.step import Move

CHAMPION = "champion"


@dataclass(frozen=True)
class Tenure:
    """A version in a role, from one line of the ledger to another.

    Attributes:
        version: number of the version.
        role: champion, shadow or canary.
        percent: share of the requests that a canary answered; None of the others.
        since: when the line was written; the endpoint follows within seconds.
        beside: of a shadow or canary the champion, of a champion the one before it.
        by: the person who did it; None where the platform did.
        why: the reason.
        entry_id: the line that began it.
        until: when it ended; None while it lasts.
        ended_by: the line that ended it.
    """

    version: int
    role: str
    percent: float | None
    since: datetime
    beside: int | None
    by: str | None
    why: str
    entry_id: str
    until: datetime | None = None
    ended_by: str | None = None

    def lasted_at(self, moment: datetime) -> bool:
        """Whether it was so at a moment."""
        return self.since <= moment and (self.until is None or moment < self.until)


def tenures(past: Iterable[LedgerEntry]) -> list[Tenure]:
    """Who had which role, in the order in which the roles were taken.

    Args:
        past: the ledger of one model, in any order.
    """
    lines = sorted(past, key=lambda entry: (entry.decided_at, entry.entry_id))
    moves = {move.entry_id for move in champion_moves(lines)}
    over: list[Tenure] = []
    present: Mapping[str, Tenure] = {}
    for line in lines:
        taken = _taken(line, line.entry_id in moves, present)
        if taken is None:
            continue
        left = [held for role, held in present.items() if taken.get(role) != held]
        over += [replace(each, until=line.decided_at, ended_by=line.entry_id) for each in left]
        present = taken
    return sorted([*over, *present.values()], key=lambda each: (each.since, each.entry_id))


def live_at(past: Iterable[LedgerEntry], moment: datetime) -> list[Tenure]:
    """Who had a role at a moment: the champion first, then a shadow or canary."""
    found = [each for each in tenures(past) if each.lasted_at(moment)]
    return sorted(found, key=lambda each: each.role != CHAMPION)


def _taken(
    line: LedgerEntry, moves_champion: bool, present: Mapping[str, Tenure]
) -> Mapping[str, Tenure] | None:
    """The roles after a line; None where it changes none."""
    champion = {role: held for role, held in present.items() if role == CHAMPION}
    rising = {role: held for role, held in present.items() if role != CHAMPION}
    if moves_champion and line.model_version:
        new = _tenure(line, CHAMPION)
        # The promotion that ends a rollout is of the version that rises.
        still = {role: each for role, each in rising.items() if each.version != new.version}
        return {CHAMPION: new, **still}
    if line.kind is not EntryKind.ROLLOUT or line.verdict == Move.HOLD:
        return None
    if line.verdict in (Move.START, Move.ADVANCE):
        return {**champion, line.evidence["role"]: _tenure(line, line.evidence["role"])}
    others = {
        role: each for role, each in rising.items() if str(each.version) != line.model_version
    }
    return {**champion, **others}


def _tenure(line: LedgerEntry, role: str) -> Tenure:
    former = line.evidence.get("former")
    return Tenure(
        version=int(line.model_version or 0),
        role=role,
        percent=float(line.evidence["percent"]) if role == "canary" else None,
        since=line.decided_at,
        beside=None if former is None else int(former),
        by=line.by,
        why=line.reason,
        entry_id=line.entry_id,
    )
