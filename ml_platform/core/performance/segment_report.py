"""Every metric of every segment value with its interval, each held against the limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ml_platform.core.monitoring_spec import PerformanceSpec
from ml_platform.core.performance.bootstrap import bootstrap_intervals
from ml_platform.core.performance.metric_line import MetricLine, metric_line
from ml_platform.core.performance.segments import SegmentKey, by_value
from ml_platform.core.verdict import Verdict, worst

SegmentReference = Mapping[SegmentKey, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class SegmentReport:
    """One value of one segment.

    Attributes:
        segment: The column, such as ``origin``.
        value: Its value, such as ``JFK``; rows without one are under ``(missing)``.
        rows: Labelled rows.
        lines: One per metric; empty when there were too few rows to say.
    """

    segment: str
    value: str
    rows: int
    lines: tuple[MetricLine, ...]

    @property
    def evaluated(self) -> bool:
        """Whether there were enough rows."""
        return bool(self.lines)

    @property
    def verdict(self) -> Verdict:
        """The gravest of its metrics; not evaluated without a limit."""
        return worst(line.verdict for line in self.lines)


def judge_segments(
    segment: str,
    values: ArrayLike,
    label: NDArray[Any],
    score: NDArray[np.float64],
    threshold: float | None,
    reference: SegmentReference,
    limits: PerformanceSpec,
    weights: NDArray[np.float64] | None = None,
) -> tuple[SegmentReport, ...]:
    """Judge each value of a segment against the floors and against itself on the hold-out.

    Each is judged alone, at 95%: of forty values one is beyond its limit by chance. They show
    where a loss is; whether there is one is said of all rows together.

    Args:
        segment: Name of the column.
        values: Its values, shape [n]; None and NaN are rows without one.
        label: 0 or 1, or numbers that were to be predicted, shape [n].
        score: Probability of label 1, or the predicted numbers, shape [n].
        threshold: As for `measured_rows`.
        reference: Metrics on the hold-out by segment and value.
        limits: ``monitoring.performance``; a value with fewer rows than ``min_labels`` is listed
            but not evaluated.
        weights: How many rows each stands for, shape [n]; each for itself unless told.

    Raises:
        ValueError: What `bootstrap_intervals` refuses.
    """
    found = []
    for value, inside in by_value(values):
        rows = int(inside.sum())
        lines: tuple[MetricLine, ...] = ()
        if rows >= limits.min_labels:
            own_weights = None if weights is None else weights[inside]
            measured = bootstrap_intervals(
                label[inside], score[inside], threshold, weights=own_weights
            )
            own = reference.get((segment, value), {})
            lines = tuple(
                metric_line(name, interval, own, limits.floors, limits.max_drop)
                for name, interval in measured.items()
            )
        found.append(SegmentReport(segment, value, rows, lines))
    return tuple(sorted(found, key=lambda each: (-each.rows, each.value)))
