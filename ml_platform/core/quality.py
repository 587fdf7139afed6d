"""Verdicts on the rows of one partition: contract, conservation, joins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ml_platform.core.check_outcome import Cell, CheckOutcome, not_evaluated
from ml_platform.core.figures import counted, percent
from ml_platform.core.verdict import Verdict


@dataclass(frozen=True)
class PartitionCount:
    """Rows of one partition: as landed, and set aside in quarantine."""

    landed: int
    quarantined: int


@dataclass(frozen=True)
class Reason:
    """Why rows were refused: how many broke which check, and one value that did."""

    column: str
    check: str
    rows: int
    example: str


def contract_outcome(
    count: PartitionCount,
    reasons: Sequence[Reason],
    block_above: float,
    fail_on_any: bool,
    broken_as_a_whole: Sequence[str] = (),
) -> CheckOutcome:
    """Judge the share of refused rows.

    Args:
        count: rows landed and refused.
        reasons: counted, most frequent first.
        block_above: the largest share (0..1) of refused rows that lets the partition through.
        fail_on_any: whether a single refused row blocks it.
        broken_as_a_whole: failed checks that name no rows, so that nothing can be set aside.
    """
    share = count.quarantined / count.landed if count.landed else 0.0
    numbers = {"rows": count.landed, "quarantined": count.quarantined, "quarantined_share": share}
    table: tuple[Mapping[str, Cell], ...] = tuple(
        {"column": r.column, "check": r.check, "rows": r.rows, "example": r.example}
        for r in reasons
    )
    if broken_as_a_whole:
        named = ", ".join(broken_as_a_whole)
        sentence = f"the table as a whole breaks {named}: partition blocked"
        return CheckOutcome(Verdict.FAILED, sentence, numbers, table)
    if not count.quarantined:
        kept = "the only row keeps" if count.landed == 1 else f"all {count.landed:,} rows keep"
        return CheckOutcome(Verdict.PASSED, f"{kept} the contract", numbers)
    limit = 0.0 if fail_on_any else block_above
    main = f", mostly {reasons[0].column or 'the row'}: {reasons[0].check}" if reasons else ""
    refused = f"{count.quarantined:,} of {counted(count.landed, 'row')} ({share:.1%})"
    verb = "breaks" if count.quarantined == 1 else "break"
    found = f"{refused} {verb} the contract{main}"
    if share > limit:
        sentence = f"{found}; the limit is {percent(limit)}: partition blocked"
        return CheckOutcome(Verdict.FAILED, sentence, numbers, table)
    return CheckOutcome(Verdict.WARNED, f"{found}; set aside in quarantine", numbers, table)


def conservation_outcome(count: PartitionCount, validated: int | None) -> CheckOutcome:
    """Judge that no row was lost or made: landed = validated + quarantined.

    Args:
        count: rows landed and quarantined.
        validated: rows written as valid; None when the partition was blocked.
    """
    if validated is None:
        return not_evaluated("the partition is blocked: what was validated of it before stays")
    numbers = {
        "landed": count.landed,
        "validated": validated,
        "quarantined": count.quarantined,
    }
    balance = (
        f"{count.landed:,} landed = {validated:,} validated + {count.quarantined:,} quarantined"
    )
    if count.landed == validated + count.quarantined:
        return CheckOutcome(Verdict.PASSED, balance, numbers)
    return CheckOutcome(Verdict.FAILED, f"rows lost or made: not {balance}", numbers)


def joined_outcome(events: int, rows: int) -> CheckOutcome:
    """Judge that joins neither dropped nor doubled an event.

    Without events there is nothing to judge: the partition has none, or its primary table was
    refused.

    Args:
        events: rows of the primary table in the partition.
        rows: feature rows written for it.
    """
    if not events and not rows:
        return not_evaluated("there are no events: the primary table has no rows here")
    numbers = {"events": events, "feature_rows": rows}
    balance = f"{counted(rows, 'feature row')} for {counted(events, 'event')}"
    if events == rows:
        return CheckOutcome(Verdict.PASSED, balance, numbers)
    change = "lost" if rows < events else "made"
    sentence = f"{counted(abs(events - rows), 'row')} {change}: {balance}"
    return CheckOutcome(Verdict.FAILED, sentence, numbers)
