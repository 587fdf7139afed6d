"""Metrics that have a limit, judged together."""

from __future__ import annotations

from collections.abc import Sequence

from ml_platform.core.performance.metric_line import MetricLine
from ml_platform.core.verdict import Verdict, worst


def verdict_of(limited: Sequence[MetricLine]) -> Verdict:
    """The gravest of the lines that have a limit.

    NOT_EVALUATED when nothing failed or warned but one of them could not be judged: a limit that
    was not looked at is not kept.

    >>> kept = MetricLine("brier", 0.16, 0.15, 0.17, None, 0.18, Verdict.PASSED, "keeps the limit")
    >>> blind = MetricLine("f1", 0.5, 0.4, 0.6, None, None, Verdict.NOT_EVALUATED, "no reference")
    >>> verdict_of([kept]), verdict_of([kept, blind])
    (<Verdict.PASSED: 'passed'>, <Verdict.NOT_EVALUATED: 'not_evaluated'>)
    """
    gravest = worst(line.verdict for line in limited)
    if gravest is Verdict.PASSED and not all(line.verdict.passed for line in limited):
        return Verdict.NOT_EVALUATED
    return gravest
