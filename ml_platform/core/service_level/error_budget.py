"""The check of the error budget: whether it is spent so fast that somebody must act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from ml_platform.core.check_outcome import Cell, CheckOutcome, not_evaluated
from ml_platform.core.duration import format_duration
from ml_platform.core.figures import percent, short
from ml_platform.core.service_level.burn_rate import BurnRate, Event, burn_rates
from ml_platform.core.verdict import Verdict


def error_budget_outcome(
    sources: Mapping[str, Sequence[Event]], objective: float, period: timedelta, now: datetime
) -> CheckOutcome:
    """Judge the burn of each source by itself: probes see what requests do not, and vice versa.

    Args:
        sources: by name ("probes", "requests"), their events, oldest first.
        objective: share that must be good.
        period: over which it is promised.
        now: until when events were gathered.

    Returns:
        Failed where somebody must act now, warned where tomorrow does.
    """
    found = [
        (source, rate)
        for source, events in sources.items()
        for rate in burn_rates(events, objective, period, now)
    ]
    judged = [(source, rate) for source, rate in found if rate.judged]
    if not judged:
        return not_evaluated("too few probes and requests to tell a rate of failures")
    burning = [(source, rate) for source, rate in judged if rate.burns]
    return CheckOutcome(
        _verdict([rate for _, rate in burning]),
        _told(burning, judged, objective, period),
        _numbers(judged),
        [_line(source, rate) for source, rate in found],
    )


def _verdict(burning: Sequence[BurnRate]) -> Verdict:
    if not burning:
        return Verdict.PASSED
    return Verdict.FAILED if any(rate.rule.pages for rate in burning) else Verdict.WARNED


def _told(
    burning: Sequence[tuple[str, BurnRate]],
    judged: Sequence[tuple[str, BurnRate]],
    objective: float,
    period: timedelta,
) -> str:
    promise = f"{percent(objective)} over {format_duration(period)}"
    if not burning:
        _, fastest = max(judged, key=lambda each: each[1].long / each[1].limit)
        window = format_duration(fastest.rule.long)
        return (
            f"the error budget of {promise} is spent at {short(fastest.long, 1)} times the even "
            f"pace over {window}, {short(fastest.limit, 1)} is told"
        )
    source, gravest = max(burning, key=lambda each: (each[1].rule.pages, each[1].limit))
    long, brief = format_duration(gravest.rule.long), format_duration(gravest.rule.short)
    act = "scale or roll back the endpoint" if gravest.rule.pages else "look at it tomorrow"
    return (
        f"{source}: the error budget of {promise} is spent at {short(gravest.long, 1)} times the "
        f"even pace over {long} and {short(gravest.short, 1)} times over {brief}, beyond "
        f"{short(gravest.limit, 1)}: {act}"
    )


def _numbers(judged: Sequence[tuple[str, BurnRate]]) -> dict[str, float | int]:
    return {
        f"{source}_burn_{format_duration(rate.rule.long).replace(' ', '_')}": rate.long
        for source, rate in judged
    }


def _line(source: str, rate: BurnRate) -> dict[str, Cell]:
    return {
        "measured by": source,
        "long window": format_duration(rate.rule.long),
        "burn rate": rate.long,
        "short window": format_duration(rate.rule.short),
        "burn rate there": rate.short,
        "told from": rate.limit,
        "then": "page" if rate.rule.pages else "ticket",
        "finding": _finding(rate),
    }


def _finding(rate: BurnRate) -> str:
    if not rate.judged:
        return "not evaluated"
    return "burns" if rate.burns else "within"
