"""Latency of answers against the promise that 99% of them are quick enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.figures import counted, percent, short
from ml_platform.core.service_level.percentiles import percentile
from ml_platform.core.service_level.proportion import exact_interval
from ml_platform.core.verdict import Verdict

QUICK: Final = 0.99
"""Share of answers that must be as quick as promised: the objective is of p99."""


@dataclass(frozen=True)
class Latencies:
    """The latencies of requests, in milliseconds.

    Attributes:
        logged: requests in the log.
        requests: that they stand for, by their sampling weights.
        p50: milliseconds.
        p95: milliseconds.
        p99: milliseconds.
        slow: share of the requests slower than the objective.
    """

    logged: int
    requests: float
    p50: float
    p95: float
    p99: float
    slow: float

    @classmethod
    def of(
        cls, latencies: NDArray[np.float64], weights: NDArray[np.float64], objective_ms: float
    ) -> Latencies:
        """Sum up.

        Args:
            latencies: one or more, in milliseconds, one per request.
            weights: how many requests each stands for.
            objective_ms: what p99 shall not exceed.
        """
        p50, p95, p99 = (percentile(latencies, weights, share) for share in (0.5, 0.95, QUICK))
        total = float(weights.sum())
        slow = float(weights[latencies > objective_ms].sum()) / total
        return cls(len(latencies), total, p50, p95, p99, slow)


def latency_outcome(
    found: Latencies | None, objective_ms: float, counted_ms: float | None = None
) -> CheckOutcome:
    """Judge p99, by how many answers were slower than promised.

    It has failed where, at 95% confidence, more than 1% of answers are slow; where p99 is beyond
    the objective and that could be chance, it warns. Of fewer than 100 requests p99 is the
    slowest of them, so they are not judged.

    A logged latency ends where the record is handed to the log, which an answer waits for. So the
    endpoint's own count, which has all of it but to the width of its buckets, warns too.

    Args:
        found: None where no request was logged.
        objective_ms: what p99 shall not exceed.
        counted_ms: p99 by the endpoint's own histogram; None where it counted nothing.
    """
    if found is None or found.logged * (1 - QUICK) < 1:
        number = 0 if found is None else found.logged
        return not_evaluated(f"{counted(number, 'request')} logged: too few to tell p99")
    sure = exact_interval(found.slow * found.logged, found.logged).low > 1 - QUICK
    beyond = found.p99 > objective_ms
    verdict = Verdict.PASSED
    if beyond:
        verdict = Verdict.FAILED if sure else Verdict.WARNED
    elif counted_ms is not None and counted_ms > objective_ms:
        verdict = Verdict.WARNED
    sentence = (
        f"p99 {short(found.p99)} ms of {counted(found.logged, 'logged request')}, "
        f"{short(objective_ms)} ms is promised; {percent(round(found.slow, 4))} were slower"
    )
    if counted_ms is not None:
        sentence += f"; with the time of the log p99 is {short(counted_ms)} ms by its histogram"
    numbers = {
        "p50_ms": found.p50,
        "p95_ms": found.p95,
        "p99_ms": found.p99,
        "slow_share": found.slow,
        "requests": found.logged,
        **({} if counted_ms is None else {"counted_p99_ms": counted_ms}),
    }
    return CheckOutcome(verdict, sentence, numbers)
