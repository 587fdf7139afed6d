"""Rollouts, their facts and their ledgers in few words, for the tests of the policy."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.rollout.facts import RolloutFacts
from ml_platform.core.rollout.plan import Stage
from ml_platform.core.rollout.running import Rollout, running
from ml_platform.core.rollout.signal import Reading, Signal
from ml_platform.core.rollout.step import Cause, Move, Step, recorded, rollout_id, started
from ml_platform.core.rollout.value_counts import ValueCounts
from ml_platform.core.serving_spec import RolloutSpec

SPEC = RolloutSpec(step_requests=100, step_minutes=5, max_divergence=0.05)
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
SHADOW, SMALL, LARGE = Stage("shadow"), Stage("canary", 5.0), Stage("canary", 25.0)


def after(minutes: float) -> datetime:
    """So many minutes after the rollout began."""
    return START + timedelta(minutes=minutes)


def begun(version: int = 2, champion: int = 1, minutes: float = 0) -> LedgerEntry:
    """The line that starts a rollout."""
    return started(
        "flight_delay",
        version,
        champion,
        SHADOW,
        decided_at=after(minutes),
        as_of="2026-02-28",
        entry_id=rollout_id(f"{version}"),
    )


def standing(*past: LedgerEntry) -> Rollout:
    """The rollout that is under way; that of version 2 in the shadow unless told."""
    found = running(past or [begun()])
    assert found is not None
    return found


def stepped(
    rollout: Rollout, move: Move, minutes: float, stage: Stage | None = None
) -> LedgerEntry:
    """The line of a step."""
    step = Step(move, Cause.STEP_DONE, "as tested", stage)
    return recorded(step, rollout, decided_at=after(minutes))


def in_canary(stage: Stage = SMALL) -> Rollout:
    """A rollout that has come to a canary, ten minutes after it began."""
    first = begun()
    return standing(first, stepped(standing(first), Move.ADVANCE, 10, stage))


def reading(signal: Signal, hits: int, trials: int, champion: tuple[int, int] = (0, 0)) -> Reading:
    """A share of the challenger's requests, and of the champion's."""
    return Reading(signal, ValueCounts.of_share(hits, trials), ValueCounts.of_share(*champion))


FINE = (
    reading(Signal.ERROR_RATE, 0, 500),
    reading(Signal.SLOW_SHARE, 2, 500),
    reading(Signal.DIVERGENCE, 0, 500),
)


def facts(*readings: Reading, **other: Any) -> RolloutFacts:
    """A step that has all it needs, an hour after the beginning; readings replace the fine ones."""
    given = {each.signal: each for each in (*FINE, *readings)}
    known: dict[str, Any] = {
        "looked_at": after(60),
        "champion": 1,
        "step_requests": 500,
        "champion_requests": 9_000,
        "newest_request": after(59),
        "readings": tuple(given.values()),
    }
    return RolloutFacts(**known | other)


def champion_line(
    kind: EntryKind, version: int, former: int | None, minutes: float, **other: Any
) -> LedgerEntry:
    """A promotion or rollback by which the champion moves."""
    return LedgerEntry(
        entry_id=f"{kind}-{version}-{minutes}",
        model="flight_delay",
        decided_at=after(minutes),
        as_of="2026-02-28",
        kind=kind,
        verdict="promoted" if kind is EntryKind.PROMOTION else "rolled_back",
        evidence={"former": former},
        model_version=str(version),
        **other,
    )
