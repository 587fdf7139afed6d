"""Which findings, failures and decisions are incidents, and how grave each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ml_platform.core import names
from ml_platform.core.alerts import Incident, Severity
from ml_platform.core.decision import Action, Cause
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.rollout.step import Move
from ml_platform.core.verdict import Verdict

# What breaks the data or the record is for somebody to mend now; what only moved is to be known.
_SEVERITY = {
    names.READABLE: Severity.CRITICAL,
    names.CONTRACT: Severity.CRITICAL,
    names.CONSERVATION: Severity.CRITICAL,
    names.JOINED: Severity.CRITICAL,
    names.EVERY_EVENT_SCORED: Severity.CRITICAL,
    names.LOGGED_ONCE: Severity.CRITICAL,
    names.MOVED_ONCE: Severity.CRITICAL,
    names.LIVE_PARITY: Severity.CRITICAL,
    names.ERROR_BUDGET: Severity.CRITICAL,
    names.VOLUME: Severity.ERROR,
    names.NULL_SPIKE: Severity.ERROR,
    names.DUPLICATES: Severity.ERROR,
    names.CATEGORY_EXPLOSION: Severity.ERROR,
    names.SCHEMA: Severity.ERROR,
    names.FRESHNESS: Severity.ERROR,
    names.PERFORMANCE_LEVEL: Severity.ERROR,
    names.ENOUGH_ROWS: Severity.ERROR,
    names.CONCEPT_DRIFT: Severity.ERROR,
    names.LATENCY_OBJECTIVE: Severity.ERROR,
    names.AVAILABILITY_OBJECTIVE: Severity.ERROR,
    names.COLUMN_DRIFT: Severity.INFO,
    names.MULTIVARIATE_DRIFT: Severity.INFO,
    names.ESTIMATED_LEVEL: Severity.INFO,
    names.EXPECTED_LABEL_RATE: Severity.INFO,
    names.SCORE_DRIFT: Severity.WARNING,
    names.UNSEEN_VALUES: Severity.WARNING,
    names.LABEL_DRIFT: Severity.WARNING,
    names.LABEL_JOIN: Severity.WARNING,
}
# Each partition of a source is refused, and mended, by itself: another day's pass does not end it.
# Changed columns may only have warned, which holds nothing up: the next day ends that.
_BY_PARTITION = frozenset(
    {
        names.READABLE,
        names.CONTRACT,
        names.CONSERVATION,
        names.VOLUME,
        names.NULL_SPIKE,
        names.DUPLICATES,
        names.CATEGORY_EXPLOSION,
    }
)


class RunEnd(StrEnum):
    """How a run ended, in words that follow what it was for."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "was cancelled"


@dataclass(frozen=True)
class CheckSeen:
    """A check's verdict on one partition (None where the asset has none)."""

    asset: tuple[str, ...]
    check: str
    partition: str | None
    verdict: Verdict
    sentence: str
    at: datetime


def incident_of_check(seen: CheckSeen, model: str | None) -> Incident | None:
    """A failed or warning check is an incident, a passed one its end; nothing else is told.

    What refuses a partition of a source is ended by that partition; any other check by the next
    partition that passes.

    Args:
        seen: what the check found.
        model: the model the asset belongs to, if any.
    """
    if not seen.verdict.evaluated:
        return None
    asset = "/".join(seen.asset)
    where = f" on {seen.partition}" if seen.partition else ""
    own = f"/{seen.partition}" if seen.partition and seen.check in _BY_PARTITION else ""
    severity = _SEVERITY.get(seen.check, Severity.WARNING)
    if seen.verdict is Verdict.WARNED:
        severity = min(severity, Severity.WARNING, key=lambda each: each.rank)
    return Incident(
        key=f"check/{asset}/{seen.check}{own}",
        severity=severity,
        title=f"{asset}: {seen.check.replace('_', ' ')}{where}",
        body=seen.sentence,
        at=seen.at,
        model=model,
        recovered=seen.verdict.passed,
    )


def incident_of_run(run_id: str, what: str, error: str, at: datetime, end: RunEnd) -> Incident:
    """A run that broke or was cancelled, or the next of its kind that went well.

    Args:
        run_id: Dagster's.
        what: what the run was for, the same for each run of its kind.
        error: its message; empty where there is none.
        at: when it ended.
        end: how it ended.
    """
    well = end is RunEnd.SUCCEEDED
    short = f"run {run_id[:8]}"
    return Incident(
        key=f"run/{what}",
        # Somebody cancelled it, so somebody knows; that the work was not done is still news.
        severity=Severity.WARNING if end is RunEnd.CANCELED else Severity.CRITICAL,
        title=what if well else f"{what} {end}",
        body=f"{short}: {error}" if error else f"{short} {end}",
        at=at,
        recovered=well,
    )


_TOLD = {
    EntryKind.PROMOTION: Severity.INFO,
    EntryKind.REFUSAL: Severity.WARNING,
    EntryKind.ROLLBACK: Severity.WARNING,
}
_ROLLED_OUT = {
    Move.START: Severity.INFO,
    Move.HOLD: Severity.WARNING,
    Move.ROLL_BACK: Severity.WARNING,
    Move.GIVE_UP: Severity.WARNING,
    Move.END: Severity.INFO,
}
_DECIDED = {
    Action.RETRAIN: Severity.INFO,
    Action.ROLL_BACK: Severity.WARNING,
    Action.ALERT: Severity.WARNING,
    Action.ASK_FOR_LABELS: Severity.WARNING,
}


def incidents_of_entry(entry: LedgerEntry) -> tuple[Incident, ...]:
    """What people are told of a line of the ledger: what changed, what was decided to act on.

    It happened and is over, so it is told once. Only a page lasts: it is the same trouble in each
    decision with its cause, until the model's next decision that is not a page. An alert that
    asks for nothing is not repeated here, as its check told it; one that is held back until
    labels come says which are missing.
    """
    if entry.kind is EntryKind.ROLLOUT:
        return _told_once(entry, _ROLLED_OUT.get(Move(entry.verdict)))
    if entry.kind is not EntryKind.DECISION:
        return _told_once(entry, _TOLD.get(entry.kind))
    if entry.verdict == Action.PAGE:
        return (_page(entry, entry.cause),)
    over = tuple(_page(entry, cause, recovered=True) for cause in Cause)
    recorded_only = entry.verdict == Action.ALERT and entry.held_back_by is None
    severity = None if recorded_only else _DECIDED.get(Action(entry.verdict))
    return (*over, *_told_once(entry, severity))


def _page(entry: LedgerEntry, cause: str, recovered: bool = False) -> Incident:
    return Incident(
        key=f"ledger/{entry.model}/page/{cause}",
        severity=Severity.CRITICAL,
        title=f"{entry.model}: page ({cause})",
        body=entry.reason,
        at=entry.decided_at,
        model=entry.model,
        recovered=recovered,
    )


def _told_once(entry: LedgerEntry, severity: Severity | None) -> tuple[Incident, ...]:
    if severity is None:
        return ()
    told = Incident(
        key=f"ledger/{entry.model}/{entry.entry_id}",
        severity=severity,
        title=f"{entry.model}: {entry.verdict.replace('_', ' ')} ({entry.cause})",
        body=entry.reason,
        at=entry.decided_at,
        model=entry.model,
        lasting=False,
    )
    return (told,)
