"""Verdicts on moving the request log into the lake: each row once, and none too late."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.duration import format_duration
from ml_platform.core.figures import counted
from ml_platform.core.verdict import Verdict

PATIENCE = 10
"""So many times the declared interval may a record wait."""


@dataclass(frozen=True)
class MovedRows:
    """What was counted of one run of the mover, each at its own place.

    Attributes:
        logged: rows of the request log between where the run began and where it ended.
        moved: rows that this run committed, by the footers of its files.
        found: rows of the table afterwards, of these writers and between these numbers.
        distinct: of those, the different pairs of writer and number.
    """

    logged: int
    moved: int
    found: int
    distinct: int


def moved_outcome(rows: MovedRows) -> CheckOutcome:
    """Judge that what was logged is in the table, each row once.

    Where two movers run at the same time, what the other one moved is in no count of this one.
    """
    if not any(asdict(rows).values()):
        return not_evaluated("no request waited to be moved")
    sentence = (
        f"{counted(rows.logged, 'row')} in the request log, {rows.moved:,} moved, "
        f"{rows.found:,} in the table, {rows.distinct:,} of them different"
    )
    same = len(set(asdict(rows).values())) == 1
    return CheckOutcome(Verdict.PASSED if same else Verdict.FAILED, sentence, asdict(rows))


def lag_outcome(oldest: timedelta | None, move_every: timedelta) -> CheckOutcome:
    """Judge how long the oldest record had waited when the run began.

    Args:
        oldest: its age then; None where nothing waited.
        move_every: the declared interval.
    """
    if oldest is None:
        return not_evaluated("no request waited to be moved")
    limit = PATIENCE * move_every
    seconds = oldest.total_seconds()
    sentence = (
        f"the oldest request had waited {seconds:,.0f} s; {format_duration(limit)} is the most"
    )
    verdict = Verdict.FAILED if oldest > limit else Verdict.PASSED
    numbers = {"lag_seconds": seconds, "limit_seconds": limit.total_seconds()}
    return CheckOutcome(verdict, sentence, numbers)
