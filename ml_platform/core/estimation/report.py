"""Whether the estimated performance keeps the limits of the realised one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isnan, sqrt
from typing import Any

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.estimation.estimator import PerformanceEstimator
from ml_platform.core.estimation.expected import Expected
from ml_platform.core.figures import counted, percent, short
from ml_platform.core.monitoring_spec import EstimationSpec, PerformanceSpec
from ml_platform.core.performance.brief import BEYOND, PERHAPS_BEYOND, brief
from ml_platform.core.performance.interval import Interval
from ml_platform.core.performance.limited import verdict_of
from ml_platform.core.performance.metric_line import MetricLine, metric_line
from ml_platform.core.verdict import Verdict

_BAND = 1.96
SURELY_BEYOND = "surely_beyond"
"""The number of an outcome that says how many metrics are beyond their limit for sure."""
BLIND = "blind to concept drift, which only labels show"


@dataclass(frozen=True)
class EstimateReport:
    """All estimated metrics of one window.

    Attributes:
        verdict: WARNED when a metric with a limit is beyond it, never FAILED: an estimate is no
            proof. NOT_EVALUATED when the assumptions do not hold, no limit is set, or nothing
            warned but one limit could not be judged. Limits on metrics that no estimate is made
            of do not count here: the sentence names them.
        surely_beyond: How many metrics are beyond their limit with their whole band.
        lines: One per estimable metric; the band is that of the realised value, 95%.
        deviations: By metric: of the realised value around the estimate.
        sentence: The same for a person.
        brief: The same in a few words; empty when nothing was evaluated.
        expected: What was estimated.
        method: By which method.
    """

    verdict: Verdict
    surely_beyond: int
    lines: tuple[MetricLine, ...]
    deviations: Mapping[str, float]
    sentence: str
    brief: str
    expected: Expected
    method: str

    def outcome(self) -> CheckOutcome:
        """The report as a check shows it."""
        numbers: dict[str, float | int] = {line.metric: line.value for line in self.lines}
        numbers |= {
            "rows": self.expected.rows,
            "label_rate": self.expected.positive_rate,
            "unsupported": self.expected.unsupported,
        }
        if self.verdict.evaluated:
            numbers[SURELY_BEYOND] = self.surely_beyond
        table = [asdict(line) for line in self.lines]
        return CheckOutcome(self.verdict, self.sentence, numbers, table, self.brief)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Rows for the table, one per metric."""
        for line in self.lines:
            yield {
                "metric": line.metric,
                "value": line.value,
                "low": line.low,
                "high": line.high,
                "deviation": self.deviations[line.metric],
                "limit": line.limit,
                "verdict": str(line.verdict),
                "rows": self.expected.rows,
                "method": self.method,
            }


def judge_estimate(
    expected: Expected,
    estimator: PerformanceEstimator,
    days: int,
    reference: Mapping[str, float],
    limits: PerformanceSpec,
    spec: EstimationSpec,
    unseen: Mapping[str, float] | None,
    grown: str = "",
) -> EstimateReport:
    """Hold estimated metrics against the limits of the realised ones.

    Args:
        expected: Of the window's rows.
        estimator: What made it.
        days: Partitions of the window, at least 1.
        reference: The version's metrics on its hold-out.
        limits: ``monitoring.performance``.
        spec: ``monitoring.estimated_performance``.
        unseen: Share of values that the reference never had, by column; None where not known.
        grown: That the window is longer than declared, see `grown_said`.
    """
    deviations = {
        name: _deviation(sampling, estimator.day_variance.get(name), days)
        for name, sampling in expected.sampling.items()
    }
    doubt = doubt_of(expected, spec, unseen)
    judged = [
        _line(name, value, deviations[name], reference, limits, doubt)
        for name, value in expected.value.items()
    ]
    surely = sum(line.verdict is Verdict.FAILED for line in judged)
    lines = tuple(_no_proof(line) for line in judged)
    limited = [line for line in lines if line.metric in {**limits.floors, **limits.max_drop}]
    verdict = verdict_of(limited)
    sentence = f"{_said(verdict, limited, doubt)}{_never(limits, expected)} " + (
        f"({estimator.method} on {counted(expected.rows, 'scored row')}{grown}; {BLIND})"
    )
    beyond = BEYOND if surely else PERHAPS_BEYOND
    return EstimateReport(
        verdict,
        surely,
        lines,
        deviations,
        sentence,
        brief(limited, verdict, beyond, "estimated "),
        expected,
        str(estimator.method),
    )


def _deviation(sampling: float, day_variance: float | None, days: int) -> float:
    """Of the realised value; of its labels' chance alone where days could not be told apart."""
    between = 0.0 if day_variance is None or isnan(day_variance) else day_variance / days
    return sqrt(sampling**2 + between)


def _line(
    metric: str,
    value: float,
    deviation: float,
    reference: Mapping[str, float],
    limits: PerformanceSpec,
    doubt: str | None,
) -> MetricLine:
    band = Interval(value - _BAND * deviation, value, value + _BAND * deviation)
    return metric_line(metric, band, reference, limits.floors, limits.max_drop, doubt)


def _no_proof(line: MetricLine) -> MetricLine:
    failed = line.verdict is Verdict.FAILED
    return replace(line, verdict=Verdict.WARNED) if failed else line


def doubt_of(
    expected: Expected, spec: EstimationSpec, unseen: Mapping[str, float] | None
) -> str | None:
    """Why nothing can be estimated of this window, if so; arguments as for `judge_estimate`."""
    if expected.rows < spec.min_rows:
        return f"{counted(expected.rows, 'scored row')}, {spec.min_rows:,} needed"
    if unseen is None:
        return "it is not known how many values the reference never had"
    if expected.unsupported > spec.max_unseen:
        return f"{percent(round(expected.unsupported, 2))} of the scores are none of the hold-out's"
    new = {column: share for column, share in unseen.items() if share > spec.max_unseen}
    if new:
        column = max(new, key=lambda name: new[name])
        more = f", and of {counted(len(new) - 1, 'more column')}" if len(new) > 1 else ""
        share = percent(round(new[column], 2))
        return f"{share} of the values of {column}{more} are none that the reference had"
    return None


def _said(verdict: Verdict, limited: Sequence[MetricLine], doubt: str | None) -> str:
    if doubt:
        return f"performance not estimated: {doubt}"
    if not limited:
        return "estimated performance not evaluated: no limit is set on a metric to estimate"
    heads = {
        Verdict.PASSED: "estimated performance within its limits",
        Verdict.WARNED: "estimated performance beyond its limits",
        Verdict.NOT_EVALUATED: "estimated performance not evaluated",
    }
    told = ", ".join(_told(line) for line in limited if line.verdict is verdict)
    return f"{heads[verdict]}: {told}"


def _never(limits: PerformanceSpec, expected: Expected) -> str:
    """Which declared limits are on metrics that can never be estimated."""
    named = {**limits.floors, **limits.max_drop}
    beyond = ", ".join(str(name) for name in named if name not in expected.value)
    return f"; {beyond} cannot be estimated" if beyond else ""


def _told(line: MetricLine) -> str:
    known = "" if line.reference is None else f", {short(line.reference, 3)} on the hold-out"
    return f"{line.metric} {line.reason}{known}"
