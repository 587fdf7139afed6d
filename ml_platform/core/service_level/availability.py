"""Availability: the share of probes that were answered rightly and in time."""

from __future__ import annotations

from datetime import timedelta

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.duration import format_duration
from ml_platform.core.figures import counted, percent
from ml_platform.core.service_level.proportion import exact_interval
from ml_platform.core.verdict import Verdict


def availability_outcome(
    probes: int, failed: int, objective: float, period: timedelta
) -> CheckOutcome:
    """Judge the probes of the period.

    Below the objective is a failure, and only a warning where the 95% interval still holds the
    objective. A single failed probe among so few that it alone would break the promise is not
    evaluated, nor is a period without any failure that is too short to show one.

    Args:
        probes: how many there were.
        failed: how many of them.
        objective: share that must be answered, below 1.
        period: over which it is promised.
    """
    if failed < 2 and probes * (1 - objective) < 1:
        return not_evaluated(
            f"{counted(probes, 'probe')}, {failed} failed: too few to tell {percent(objective)}"
        )
    found = exact_interval(probes - failed, probes)
    numbers = {
        "availability": found.value,
        "low": found.low,
        "high": found.high,
        "probes": probes,
        "failed_probes": failed,
    }
    sentence = (
        f"{_exact(found.value)} of {counted(probes, 'probe')} were answered rightly "
        f"({_exact(found.low)} to {_exact(found.high)}), {percent(objective)} over "
        f"{format_duration(period)} is promised"
    )
    return CheckOutcome(_verdict(found.value, found.high, objective), sentence, numbers)


def budget_left(total: float, bad: float, objective: float) -> float:
    """Return the share of the error budget that is not spent; below 0 where the promise is broken.

    Args:
        total: requests or probes of the period; NaN is returned where there were none.
        bad: how many of them failed.
        objective: share that must be good, below 1.

    >>> round(budget_left(10_000, 4, 0.999), 3)
    0.6
    """
    return 1 - bad / total / (1 - objective) if total else float("nan")


def _verdict(value: float, high: float, objective: float) -> Verdict:
    if value >= objective:
        return Verdict.PASSED
    return Verdict.WARNED if high >= objective else Verdict.FAILED


def _exact(share: float) -> str:
    return f"{100 * share:.4g}%"
