"""A person moves the champion: on record first, then in the registry."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ml_platform.cli.state import State
from ml_platform.core.ledger import NOT_MOVED, EntryKind, LedgerEntry, champion_moves
from ml_platform.core.rollout.running import running
from ml_platform.core.rollout.step import Cause, Move, Step, recorded
from ml_platform.stores.champion_moves import make_live, note
from ml_platform.stores.rollout_moves import carry_out
from ml_platform.stores.signatures import sign_version

if TYPE_CHECKING:
    from ml_platform.stores.registered_version import RegisteredVersion

_VERDICTS = {EntryKind.PROMOTION: "promoted", EntryKind.ROLLBACK: "rolled_back"}


def move_champion(
    state: State, kind: EntryKind, chosen: RegisteredVersion, *, by: str, why: str
) -> LedgerEntry:
    """Make a version the champion and return the line of the ledger that says so.

    The line comes first: cut short in between, the ledger names a move that is still to be made,
    and the retraining sensor makes it. Where the move fails, a second line takes the first one
    back, and the failure is raised. A rollout that is under way ends: the champion that it was
    compared with is no longer there.

    Args:
        state: of the home.
        kind: PROMOTION or ROLLBACK.
        chosen: the version.
        by: who decided it.
        why: the reason.
    """
    former = state.registry.champion(chosen.model)
    said = {"cause": "requested", "by": by, "model_version": str(chosen.version)}
    evidence = {"former": former.version if former else None, **_gate(chosen)}
    entry = state.record(
        chosen.model, kind, verdict=_VERDICTS[kind], reason=why, evidence=evidence, **said
    )
    try:
        sign_version(state.registry, chosen.model, chosen.version)
        state.registry.promote(chosen.model, chosen.version)
    except Exception as error:
        reason = f"version {chosen.version} was not made champion: {error}"
        state.record(
            chosen.model,
            EntryKind.OUTCOME,
            verdict=NOT_MOVED,
            reason=reason,
            refers_to=entry.entry_id,
            **said,
        )
        raise
    note(state.registry, entry)
    make_live(state.registry, chosen.model)
    stop_rollout(state, chosen.model, Cause.CHAMPION_MOVED, by=by, why=why)
    return entry


def stop_rollout(
    state: State, model: str, cause: Cause, *, by: str, why: str
) -> LedgerEntry | None:
    """End the rollout of a model that is under way, and leave the champion as it is.

    Args:
        state: of the home.
        model: whose.
        cause: what it ends for.
        by: who decided it.
        why: the reason.

    Returns:
        The line of the ledger that says so; None where none is under way.
    """
    rollout = running(state.ledger.entries(model))
    if rollout is None:
        return None
    entry = recorded(Step(Move.END, cause, why), rollout, decided_at=datetime.now(UTC), by=by)
    state.ledger.append(entry)
    carry_out(state.registry, entry)
    return entry


def left_behind(entries: Iterable[LedgerEntry]) -> dict[str, LedgerEntry]:
    """The versions that were rolled back from and not made champion since.

    Args:
        entries: the ledger of one model, oldest first.

    Returns:
        The version, and the rollback that left it.
    """
    left: dict[str, LedgerEntry] = {}
    standing: str | None = None
    for entry in champion_moves(entries):
        if not entry.model_version:
            continue
        former = standing or entry.evidence.get("former")
        if entry.kind is EntryKind.ROLLBACK and former is not None:
            left[str(former)] = entry
        standing = entry.model_version
        left.pop(standing, None)
    return left


def _gate(chosen: RegisteredVersion) -> dict[str, Any]:
    """What the gate said of a version; one that it never passed is promoted against its word."""
    said = chosen.tags.get("gate")
    refusal = chosen.tags.get("refused")
    return {"gate": said, "override": said != "passed", "overrides_refusal": refusal}
