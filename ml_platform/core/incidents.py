"""Which findings, failures and decisions are incidents, and how grave each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ml_platform.core import names
from ml_platform.core.alerts import Incident, Severity
from ml_platform.core.decision import Action
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.verdict import Verdict

# What breaks the data or the record is for somebody to mend now; what only moved is to be known.
_SEVERITY = {
    names.READABLE: Severity.CRITICAL,
    names.CONTRACT: Severity.CRITICAL,
    names.CONSERVATION: Severity.CRITICAL,
    names.JOINED: Severity.CRITICAL,
    names.EVERY_EVENT_SCORED: Severity.CRITICAL,
    names.LOGGED_ONCE: Severity.CRITICAL,
    names.VOLUME: Severity.ERROR,
    names.PERFORMANCE_LEVEL: Severity.ERROR,
    names.COLUMN_DRIFT: Severity.INFO,
    names.SCORE_DRIFT: Severity.WARNING,
    names.UNSEEN_VALUES: Severity.WARNING,
    names.LABEL_JOIN: Severity.WARNING,
}


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

    Args:
        seen: what the check found.
        model: the model the asset belongs to, if any.
    """
    if not seen.verdict.evaluated:
        return None
    asset = "/".join(seen.asset)
    where = f" on {seen.partition}" if seen.partition else ""
    severity = _SEVERITY.get(seen.check, Severity.WARNING)
    if seen.verdict is Verdict.WARNED:
        severity = min(severity, Severity.WARNING, key=lambda each: each.rank)
    return Incident(
        key=f"check/{asset}/{seen.check}",
        severity=severity,
        title=f"{asset}: {seen.check.replace('_', ' ')}{where}",
        body=seen.sentence,
        at=seen.at,
        model=model,
        recovered=seen.verdict.passed,
    )


def incident_of_run(run_id: str, what: str, error: str, at: datetime, failed: bool) -> Incident:
    """A run that broke, or the next of its kind that went well.

    Args:
        run_id: Dagster's.
        what: what the run was for, the same for each run of its kind.
        error: its message.
        at: when it ended.
        failed: whether it broke.
    """
    return Incident(
        key=f"run/{what}",
        severity=Severity.CRITICAL,
        title=f"{what} failed" if failed else what,
        body=f"run {run_id[:8]}: {error}" if failed else f"run {run_id[:8]} succeeded",
        at=at,
        recovered=not failed,
    )


_TOLD = {
    EntryKind.PROMOTION: Severity.INFO,
    EntryKind.REFUSAL: Severity.WARNING,
    EntryKind.ROLLBACK: Severity.WARNING,
}
_DECIDED = {
    Action.PAGE: Severity.CRITICAL,
    Action.RETRAIN: Severity.INFO,
    Action.ROLL_BACK: Severity.WARNING,
    Action.ALERT: Severity.WARNING,
    Action.ASK_FOR_LABELS: Severity.WARNING,
}


def incident_of_entry(entry: LedgerEntry) -> Incident | None:
    """A line of the ledger that people are told of: what changed, and what was decided to act on.

    It happened and is over, so it is told once. An alert that asks for nothing is not repeated
    here, as its check told it; one that is held back until labels come says which are missing.
    """
    if entry.kind is EntryKind.DECISION and _only_recorded(entry):
        return None
    if entry.kind is EntryKind.DECISION:
        severity = _DECIDED.get(Action(entry.verdict))
    else:
        severity = _TOLD.get(entry.kind)
    if severity is None:
        return None
    return Incident(
        key=f"ledger/{entry.model}/{entry.entry_id}",
        severity=severity,
        title=f"{entry.model}: {entry.verdict.replace('_', ' ')} ({entry.cause})",
        body=entry.reason,
        at=entry.decided_at,
        model=entry.model,
        lasting=False,
    )


def _only_recorded(entry: LedgerEntry) -> bool:
    return entry.verdict == Action.ALERT and entry.held_back_by is None
