"""A move of the champion: on record first, then in the registry, and finished if cut short.

Whoever moves the champion appends a promotion or a rollback to the ledger and then carries it out.
A crash between the two leaves a line whose move is not made: the next look of the retraining sensor
makes it. So there is never a champion that nobody answers for.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from ml_platform.core.ledger import LedgerEntry, champion_moves
from ml_platform.stores.publishing import publish
from ml_platform.stores.signatures import sign_version

if TYPE_CHECKING:
    from ml_platform.stores.model_registry import ModelRegistry

MOVED_BY: Final = "moved_by"
"""Tag of a version: the line of the ledger that made it champion last."""
GRACE: Final = timedelta(minutes=1)
"""Whoever wrote a younger line is most likely about to carry it out."""


def carry_out(registry: ModelRegistry, move: LedgerEntry) -> None:
    """Make the version of a recorded promotion or rollback the champion.

    Done again it changes nothing.

    Raises:
        UserError: there is no such version.
    """
    number = int(move.model_version or 0)
    sign_version(registry, move.model, number)
    registry.promote(move.model, number)
    note(registry, move)
    make_live(registry, move.model)


def make_live(registry: ModelRegistry, model: str) -> None:
    """Have the online endpoint answer with the champion there is now, within a second.

    Raises:
        StoreError: what the endpoint serves cannot be written; the move itself stands, and the
            endpoint's own watch of the registry makes up for it.
    """
    if registry.serving_root is not None:
        publish(registry, registry.serving_root, model)


def note(registry: ModelRegistry, move: LedgerEntry) -> None:
    """Note with the version that this move of it was made: it is never finished again."""
    registry.tag(move.model, int(move.model_version or 0), {MOVED_BY: move.entry_id})


def finish(registry: ModelRegistry, past: Iterable[LedgerEntry], now: datetime) -> bool:
    """Carry out the last recorded move if it was cut short; say whether it was.

    It was where the champion is still the former one and the version never was champion by that
    line: a champion that a person moved on or back since, in whatever way, is left alone.

    Args:
        registry: where the roles are.
        past: the ledger of one model, oldest first.
        now: the time of looking.
    """
    moves = champion_moves(past)
    if not moves or now - moves[-1].decided_at < GRACE or not _was_cut_short(registry, moves[-1]):
        return False
    carry_out(registry, moves[-1])
    return True


def _was_cut_short(registry: ModelRegistry, move: LedgerEntry) -> bool:
    if move.model_version is None or "former" not in move.evidence:
        return False
    champion = registry.champion(move.model)
    still_former = move.evidence["former"] == (champion.version if champion else None)
    if not still_former or move.evidence["former"] == int(move.model_version):
        return False
    versions = {each.version: each for each in registry.versions(move.model)}
    chosen = versions.get(int(move.model_version))
    return chosen is not None and chosen.tags.get(MOVED_BY) != move.entry_id
