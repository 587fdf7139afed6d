"""How fast an endpoint spends its error budget, and when that is worth waking somebody.

Multiwindow, multi-burn-rate alerts of chapter 5 of Google's Site Reliability Workbook
(https://sre.google/workbook/alerting-on-slos/): a long window says that it matters, a short one
that it still goes on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np


@dataclass(frozen=True)
class Event:
    """Requests or probes up to a moment: how many there were, and how many were bad."""

    at: datetime
    total: float
    bad: float


@dataclass(frozen=True)
class BurnRule:
    """When a burn is told.

    Attributes:
        spent: share of the whole budget that the long window may spend.
        long: must have spent it.
        short: must spend as fast.
        pages: whether somebody is woken; otherwise it can wait until tomorrow.
    """

    spent: float
    long: timedelta
    short: timedelta
    pages: bool

    def limit(self, period: timedelta) -> float:
        """The burn rate that is told, 1 being the rate that spends the budget within the period.

        >>> [round(rule.limit(timedelta(days=30)), 1) for rule in RULES]
        [14.4, 6.0, 1.0]
        """
        # Below 1 nothing is ever spent, however short the period.
        return max(self.spent * (period / self.long), 1.0)


RULES: Final = (
    BurnRule(0.02, timedelta(hours=1), timedelta(minutes=5), pages=True),
    BurnRule(0.05, timedelta(hours=6), timedelta(minutes=30), pages=True),
    BurnRule(0.10, timedelta(days=3), timedelta(hours=6), pages=False),
)
"""Table 5-8 of the chapter, as shares of the budget."""


@dataclass(frozen=True)
class BurnRate:
    """A rule and what its windows spent.

    Attributes:
        rule: that was looked at.
        limit: burn rate beyond which it tells.
        long: burn rate over the long window; NaN without any event in it.
        short: over the short one.
        judged: whether there were enough events.
    """

    rule: BurnRule
    limit: float
    long: float
    short: float
    judged: bool

    @property
    def burns(self) -> bool:
        """Whether to tell."""
        return self.judged and self.long >= self.limit and self.short >= self.limit


def burn_rates(
    events: Sequence[Event], objective: float, period: timedelta, now: datetime
) -> Iterator[BurnRate]:
    """Look at each rule whose long window fits into the period.

    A rule is judged where its short window holds events and one bad event alone could not reach
    the limit over the long one, or several were bad: with few events a single failure is no rate.

    Args:
        events: oldest first.
        objective: share that must be good, below 1.
        period: over which the objective is promised.
        now: end of all windows.
    """
    times = np.array([event.at.timestamp() for event in events])
    total = np.concatenate([[0.0], np.cumsum([event.total for event in events])])
    bad = np.concatenate([[0.0], np.cumsum([event.bad for event in events])])
    budget = 1 - objective

    def within(window: timedelta) -> tuple[float, float]:
        first = np.searchsorted(times, (now - window).timestamp(), side="right")
        return float(total[-1] - total[first]), float(bad[-1] - bad[first])

    for rule in RULES:
        if rule.long > period:
            continue
        (all_long, bad_long), (all_short, bad_short) = within(rule.long), within(rule.short)
        limit = rule.limit(period)
        enough = bad_long >= 2 or limit * budget * all_long > 1
        yield BurnRate(
            rule,
            limit,
            _rate(bad_long, all_long, budget),
            _rate(bad_short, all_short, budget),
            judged=enough and all_short > 0,
        )


def _rate(bad: float, total: float, budget: float) -> float:
    return bad / total / budget if total else float("nan")
