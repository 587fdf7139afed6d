"""A step of a rollout: on record first, then in the registry, and finished if cut short.

As with the champion (`champion_moves`), a crash between the two leaves a line whose step is not
made; the next look of the rollout sensor makes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.rollout.step import Move
from ml_platform.stores.champion_moves import GRACE, make_live
from ml_platform.stores.model_registry import CANARY, CANARY_PERCENT, ROLLOUT_ENTRY, SHADOW
from ml_platform.stores.signatures import sign_version

if TYPE_CHECKING:
    from ml_platform.stores.model_registry import ModelRegistry

STEPPED_BY: Final = "stepped_by"
"""Tag of a version: the line of the ledger that was carried out on it last."""


def carry_out(registry: ModelRegistry, line: LedgerEntry) -> None:
    """Make a recorded step: give the version its role, or take the roles from it, and publish.

    Done again it changes nothing. A line that holds a rollout changes nothing either, and a
    promotion is carried out by `champion_moves`.

    Raises:
        UserError: there is no such version.
    """
    if line.kind is not EntryKind.ROLLOUT or line.verdict == Move.HOLD:
        return
    number = int(line.model_version or 0)
    if line.verdict in (Move.START, Move.ADVANCE):
        _give(registry, line, number)
    else:
        for role in (SHADOW, CANARY):
            registry.release(line.model, number, role)
        if line.verdict in (Move.ROLL_BACK, Move.GIVE_UP):
            registry.refuse(line.model, number, line.reason)
    registry.tag(line.model, number, {STEPPED_BY: line.entry_id})
    make_live(registry, line.model)


def _give(registry: ModelRegistry, line: LedgerEntry, number: int) -> None:
    role, percent = line.evidence["role"], line.evidence["percent"]
    rollout = line.entry_id if line.verdict == Move.START else str(line.refers_to)
    sign_version(registry, line.model, number)
    # The share is there before the role is: no canary is ever read without it.
    registry.tag(line.model, number, {ROLLOUT_ENTRY: rollout, CANARY_PERCENT: f"{percent:g}"})
    registry.assign(line.model, number, role)
    registry.release(line.model, number, CANARY if role == SHADOW else SHADOW)


def pending(registry: ModelRegistry, past: Iterable[LedgerEntry]) -> LedgerEntry | None:
    """The last recorded step, if it has not been carried out yet: under way, or cut short.

    A step that was carried out once is not done again: roles that a person moved since, in
    whatever way, are left alone.

    Args:
        registry: where the roles are.
        past: the ledger of one model, oldest first.
    """
    made = [e for e in past if e.kind is EntryKind.ROLLOUT and e.verdict != Move.HOLD]
    if not made:
        return None
    line = made[-1]
    known = {each.version: each for each in registry.versions(line.model)}
    version = known.get(int(line.model_version or 0))
    if version is None or version.tags.get(STEPPED_BY) == line.entry_id:
        return None
    return line


def finish(registry: ModelRegistry, line: LedgerEntry, now: datetime) -> bool:
    """Carry out a pending step, unless whoever wrote it is most likely about to; say whether."""
    if now - line.decided_at < GRACE:
        return False
    carry_out(registry, line)
    return True
