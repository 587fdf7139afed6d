"""Whether the model is still as good as it was, on rows whose labels have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from math import isnan

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.figures import counted
from ml_platform.core.metric_names import METRICS
from ml_platform.core.performance.brief import BEYOND, PERHAPS_BEYOND, brief
from ml_platform.core.performance.interval import Interval
from ml_platform.core.performance.limited import verdict_of
from ml_platform.core.performance.metric_line import Bounds, MetricLine, metric_line
from ml_platform.core.verdict import Verdict

_UNMEASURED = Interval(float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class PerformanceReport:
    """All metrics of one window.

    Attributes:
        verdict: The gravest of the lines that have a limit; NOT_EVALUATED when nothing failed or
            warned but one of them could not be judged, or when no limit is set at all.
        lines: One per metric that was measured or has a limit.
        sentence: The same for a person.
        brief: The same in a few words; empty when nothing was evaluated.
        rows: Labelled rows of the window.
        coverage: Share of the window's predictions that have a label, 0 to 1; NaN without any.
    """

    verdict: Verdict
    lines: tuple[MetricLine, ...]
    sentence: str
    brief: str
    rows: int
    coverage: float

    def outcome(self) -> CheckOutcome:
        """The report as a check shows it: the values as numbers, every line in the table."""
        numbers: dict[str, float | int] = {line.metric: line.value for line in self.lines}
        numbers |= {"rows": self.rows, "coverage": self.coverage}
        table = [asdict(line) for line in self.lines]
        return CheckOutcome(self.verdict, self.sentence, numbers, table, self.brief)


def judge_performance(
    metrics: Mapping[str, Interval],
    reference: Mapping[str, float],
    floors: Bounds,
    max_drop: Bounds,
    rows: int,
    coverage: float,
    min_labels: int,
    as_of: datetime | None = None,
    grown: str = "",
) -> PerformanceReport:
    """Hold every metric against its floor and against the reference.

    Args:
        metrics: As `bootstrap_intervals` gives them.
        reference: The champion's metrics on its own hold-out.
        floors: Worst value allowed; at least, or at most where lower is better.
        max_drop: Harm allowed against the reference, in the metric's own units or as a share of
            the reference, see `unit_of_harm`.
        rows: Labelled rows.
        coverage: Share of the predictions that have a label; NaN where nothing was predicted.
        min_labels: Below this nothing is evaluated.
        as_of: When the newest of the labels was learned, with zone; None without any label.
        grown: That the window is longer than declared, see `grown_said`.
    """
    share = "" if isnan(coverage) else f", {coverage:.0%} of all"
    labelled = f"{counted(rows, 'labelled row')}{share}{grown}"
    if as_of is not None:
        labelled += f", as of {as_of.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    few = f"{labelled}; {min_labels:,} needed" if rows < min_labels else None
    lines = tuple(
        metric_line(name, metrics.get(name, _UNMEASURED), reference, floors, max_drop, few)
        for name in METRICS
        if name in metrics or name in floors or name in max_drop
    )
    limited = [line for line in lines if line.metric in floors or line.metric in max_drop]
    verdict = verdict_of(limited)
    sentence = _said(verdict, limited) + f" ({labelled})"
    if few:
        sentence = f"performance not evaluated: {few}"
    told = brief(limited, verdict, BEYOND if verdict is Verdict.FAILED else PERHAPS_BEYOND)
    return PerformanceReport(verdict, lines, sentence, told, rows, coverage)


def _said(verdict: Verdict, limited: Sequence[MetricLine]) -> str:
    if not limited:
        return "performance not evaluated: no limit is set"
    said = ", ".join(f"{line.metric} {line.reason}" for line in limited if line.verdict is verdict)
    heads = {
        Verdict.PASSED: "performance within its limits",
        Verdict.WARNED: "performance may be lost",
        Verdict.FAILED: "performance lost",
        Verdict.NOT_EVALUATED: "performance not evaluated",
    }
    return f"{heads[verdict]}: {said}"
