"""One step of a rollout, and its line in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.rollout.plan import Stage
from ml_platform.core.rollout.running import Rollout


class Move(StrEnum):
    """What a step does: the verdict of its line."""

    START = "rollout_started"
    ADVANCE = "rollout_advanced"
    HOLD = "rollout_held"
    PROMOTE = "promoted"
    ROLL_BACK = "rollout_rolled_back"
    GIVE_UP = "rollout_given_up"
    END = "rollout_ended"

    @property
    def ends(self) -> bool:
        """Whether the rollout is over by it."""
        return self in (Move.PROMOTE, Move.ROLL_BACK, Move.GIVE_UP, Move.END)


class Cause(StrEnum):
    """What a step was taken for, or held back by."""

    GATE_PASSED = "gate_passed"
    STEP_DONE = "step_done"
    ALARM = "alarm"
    CHAMPION_MOVED = "champion_moved"
    ROLE_TAKEN = "role_taken"
    REPLACED = "replaced"
    REQUESTED = "requested"
    TOO_LONG = "too_long"
    NO_REQUESTS = "no_requests"
    FEW_REQUESTS = "few_requests"
    NOT_EVALUATED = "not_evaluated"
    FEW_LABELS = "few_labels"
    CHAMPION_ALIKE = "champion_alike"


@dataclass(frozen=True)
class Step:
    """What is to be done with a rollout.

    Attributes:
        move: what.
        cause: why, as one word.
        reason: why, as a sentence.
        stage: where the rollout stands afterwards; None once it is over.
        evidence: JSON values.
    """

    move: Move
    cause: Cause
    reason: str
    stage: Stage | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)


def rollout_id(begun_by: str) -> str:
    """The name of the rollout that something began, a run for one; the same each time."""
    return str(uuid5(NAMESPACE_URL, f"rollout/{begun_by}"))


def started(
    model: str,
    version: int,
    champion: int,
    stage: Stage,
    *,
    decided_at: datetime,
    as_of: str,
    run_id: str | None = None,
    refers_to: str | None = None,
    entry_id: str,
) -> LedgerEntry:
    """The line that starts a rollout.

    Args:
        model: the model.
        version: the version that passed the gate.
        champion: the version that it is compared with.
        stage: the first.
        decided_at: wall-clock time, with zone.
        as_of: the newest partition seen.
        run_id: the run that trained the version.
        refers_to: the decision that caused it.
        entry_id: names the rollout, see `rollout_id`.
    """
    return LedgerEntry(
        entry_id=entry_id,
        model=model,
        decided_at=decided_at,
        as_of=as_of,
        kind=EntryKind.ROLLOUT,
        verdict=Move.START.value,
        cause=Cause.GATE_PASSED.value,
        reason=f"version {version} passed the gate; beside champion {champion}: {stage}",
        evidence={"former": champion, "role": stage.role, "percent": stage.percent},
        run_id=run_id,
        model_version=str(version),
        refers_to=refers_to,
    )


def recorded(
    step: Step, rollout: Rollout, *, decided_at: datetime, by: str | None = None
) -> LedgerEntry:
    """The line of a later step.

    The same step of the same rollout is the same line: written again, it changes nothing. A
    promotion is a promotion like any other: only by it the champion moves.
    """
    stage = step.stage or rollout.stage
    told = f"{rollout.entry_id}/{step.move}/{step.cause}/{stage}"
    return LedgerEntry(
        entry_id=str(uuid5(NAMESPACE_URL, f"rollout/{told}")),
        model=rollout.model,
        decided_at=decided_at,
        as_of=rollout.as_of,
        kind=EntryKind.PROMOTION if step.move is Move.PROMOTE else EntryKind.ROLLOUT,
        verdict=step.move.value,
        cause=step.cause.value,
        reason=step.reason,
        held_back_by=step.cause.value if step.move is Move.HOLD else None,
        evidence={
            **step.evidence,
            "former": rollout.champion,
            "role": stage.role,
            "percent": stage.percent,
        },
        model_version=str(rollout.version),
        by=by,
        refers_to=rollout.entry_id,
    )
