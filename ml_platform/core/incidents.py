"""Which findings, failures and decisions are incidents, and how grave each is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ml_platform.core.alerts import Incident, Severity
from ml_platform.core.checks.catalogue import named
from ml_platform.core.decision import Action, Cause
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.rollout.step import Move
from ml_platform.core.verdict import Verdict


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
    check = named(seen.check)
    own = f"/{seen.partition}" if seen.partition and check.ends_by_partition else ""
    severity = check.severity
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


@dataclass(frozen=True)
class Work:
    """What a run was about: a step and a partition; empty where the step has none.

    >>> Work("flights__raw", "2013-01-05").title
    'flights/raw on 2013-01-05'
    """

    step: str
    partition: str = ""

    @property
    def title(self) -> str:
        """The work as people know it."""
        where = f" on {self.partition}" if self.partition else ""
        return f"{self.step.replace('__', '/')}{where}"

    @property
    def key(self) -> str:
        """What makes it the same trouble; only the same step on the same partition ends it."""
        return f"step/{self.step}/{self.partition}"


@dataclass(frozen=True)
class RunSeen:
    """A run that ended, and what became of its steps.

    Attributes:
        run_id: Dagster's.
        purpose: what it was for, in words.
        end: how it ended.
        at: when.
        error: its message; empty where there is none.
        broken: what it was at when it broke or was cancelled, or was to do, if it began nothing.
        done: what it did all the same, or all that it was to do.
    """

    run_id: str
    purpose: str
    end: RunEnd
    at: datetime
    error: str = ""
    broken: tuple[Work, ...] = ()
    done: tuple[Work, ...] = ()


def incidents_of_run(seen: RunSeen) -> tuple[Incident, ...]:
    """A trouble for each step at which a run broke or was cancelled, an end for each that was done.

    A run of something else, or on another partition, ends no trouble.
    """
    about = f"{seen.purpose}, run {seen.run_id[:8]}"
    # Somebody cancelled it, so somebody knows; that the work was not done is still news.
    grave = Severity.WARNING if seen.end is RunEnd.CANCELED else Severity.CRITICAL
    troubles = tuple(
        Incident(
            key=work.key,
            severity=grave,
            title=f"{work.title} {seen.end}",
            body=f"{about}: {seen.error}" if seen.error else f"{about} {seen.end}",
            at=seen.at,
        )
        for work in seen.broken
    )
    ends = tuple(
        Incident(
            key=work.key,
            severity=Severity.INFO,
            title=work.title,
            body=f"{about} did it",
            at=seen.at,
            recovered=True,
        )
        for work in seen.done
    )
    return (*troubles, *ends)


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
    decision with its cause, until the model's next decision that is not a page. What a check has
    told is not repeated here: an alert that asks for nothing, and broken data, which would page
    once more for each model that reads the table. One that is held back until labels come says
    which are missing.
    """
    if entry.kind is EntryKind.ROLLOUT:
        return _told_once(entry, _ROLLED_OUT.get(Move(entry.verdict)))
    if entry.kind is not EntryKind.DECISION:
        return _told_once(entry, _TOLD.get(entry.kind))
    if entry.verdict == Action.PAGE and entry.cause == Cause.DATA_QUALITY:
        return ()
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
