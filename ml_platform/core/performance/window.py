"""Realised performance of one day and of the trailing window that ends with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import nan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.monitoring_spec import PerformanceSpec
from ml_platform.core.performance.bootstrap import bootstrap_intervals
from ml_platform.core.performance.interval import Interval
from ml_platform.core.performance.metric_line import MetricLine
from ml_platform.core.performance.report import PerformanceReport, judge_performance
from ml_platform.core.performance.segment_report import (
    SegmentReference,
    SegmentReport,
    judge_segments,
)
from ml_platform.core.window_growth import grown_said, trailing_enough

METHOD = "percentile bootstrap, 400 resamples"
Reference = Callable[[int], Mapping[str, float]]
SegmentReferences = Callable[[int], SegmentReference]


@dataclass(frozen=True)
class WindowPerformance:
    """What was measured as of one partition.

    Attributes:
        report: The trailing window, judged against floors and reference.
        day: Metrics of the day alone; empty when it has no labelled row.
        day_rows: Labelled rows of the day.
        day_coverage: Share of the day's predictions that have a label.
        segments: Metrics of the window within each segment value, judged.
        labels: All labels of the window, shape [rows].
        labelled_days: Partitions of the window with a label.
        model_version: The version whose rows were measured; None without any row.
        labels_as_of: When the newest of the labels was learned: those known then give the same
            metrics again. None without any label.
    """

    report: PerformanceReport
    day: Mapping[str, Interval]
    day_rows: int
    day_coverage: float
    segments: tuple[SegmentReport, ...]
    labels: NDArray[np.float64] = field(compare=False)
    labelled_days: int
    model_version: int | None
    labels_as_of: datetime | None

    def rows(self, partition: str, computed_at: datetime) -> Iterator[dict[str, Any]]:
        """Rows for the performance table: window, day and segments, one per metric."""
        shared = {
            "partition": partition,
            "computed_at": computed_at,
            "model_version": self.model_version,
            "labels_as_of": self.labels_as_of,
            "method": METHOD,
        }
        window = {"labelled_rows": self.report.rows, "coverage": self.report.coverage}
        for line in self.report.lines:
            yield shared | window | _cells(line) | {"window": "trailing"}
        for metric, interval in self.day.items():
            found = {"value": interval.value, "low": interval.low, "high": interval.high}
            day = {"labelled_rows": self.day_rows, "coverage": self.day_coverage}
            yield shared | day | found | {"metric": metric, "window": "day"}
        for part in self.segments:
            where = {"segment": part.segment, "segment_value": part.value, "window": "trailing"}
            for line in part.lines:
                yield shared | where | _cells(line) | {"labelled_rows": part.rows}


def measure_window(
    columns: Mapping[str, Sequence[Any]],
    *,
    window: Sequence[str],
    declared: int,
    spec: PerformanceSpec,
    segments: Sequence[str],
    reference: Reference,
    segment_reference: SegmentReferences,
) -> WindowPerformance:
    """Measure the logged rows of a window that have a label.

    Only the rows of the version that scored last count, which after a rollback is not the highest
    one: a mixture of two versions says nothing of either.

    Args:
        columns: ``partition``, ``model_version``, ``score``, ``threshold`` (None of a predicted
            number), ``weight`` (how many events a row stands for), ``label`` and ``labelled_at``
            (both None while unknown) and the segments, all of shape [n].
        window: The partitions that the rows are of, oldest first, without gaps.
        declared: Partitions of the declared window, the last of these, or all. As many more are
            measured as it takes to hold the labels that ``spec`` asks for; none where all hold
            too few.
        spec: ``monitoring.performance`` of the model.
        segments: Names of the segment columns.
        reference: Gives the hold-out metrics of a model version.
        segment_reference: Gives them by segment and value.
    """
    rows = {name: np.asarray(values, dtype=object) for name, values in columns.items()}
    recent = np.isin(rows["partition"], window[-declared:])
    if not recent.any():
        return _nothing(spec)
    versions = rows["model_version"].astype(np.int64)
    newest = _last_to_score(versions[recent], rows["partition"][recent])
    rows = {name: values[versions == newest] for name, values in rows.items()}
    length = _length(rows, window, declared, spec.min_labels)
    inside = np.isin(rows["partition"], window[-length:])
    rows = {name: values[inside] for name, values in rows.items()}
    known = _known(rows)
    today = rows["partition"] == window[-1]
    labelled = {name: values[known] for name, values in rows.items()}
    threshold = _threshold(rows)
    label, score = labelled["label"].astype(np.float64), labelled["score"].astype(np.float64)
    weight = rows["weight"].astype(np.float64)
    day = known & today
    as_of = max(labelled["labelled_at"], default=None)
    return WindowPerformance(
        report=judge_performance(
            bootstrap_intervals(label, score, threshold, weights=weight[known])
            if len(label)
            else {},
            reference(newest),
            spec.floors,
            spec.max_drop,
            rows=len(label),
            coverage=_share(known, weight),
            min_labels=spec.min_labels,
            as_of=as_of,
            grown=grown_said(length, declared),
        ),
        day=_day_metrics(rows, day, threshold),
        day_rows=int(day.sum()),
        day_coverage=_share(known[today], weight[today]),
        segments=tuple(
            part
            for segment in segments
            for part in judge_segments(
                segment,
                labelled[segment],
                label,
                score,
                threshold,
                segment_reference(newest),
                spec,
                weight[known],
            )
        ),
        labels=label,
        labelled_days=len(set(labelled["partition"].tolist())),
        model_version=newest,
        labels_as_of=as_of,
    )


def _last_to_score(versions: NDArray[np.int64], partitions: NDArray[Any]) -> int:
    """The version that scored most rows of the last partition."""
    found, counts = np.unique(versions[partitions == partitions.max()], return_counts=True)
    return int(found[np.argmax(counts)])


def _known(rows: Mapping[str, NDArray[Any]]) -> NDArray[np.bool_]:
    return np.array([label is not None for label in rows["label"]], dtype=bool)


def _length(
    rows: Mapping[str, NDArray[Any]], window: Sequence[str], declared: int, min_labels: int
) -> int:
    """Partitions of the window that is measured: of the declared one, or of a longer one."""
    counts = Counter(rows["partition"][_known(rows)].tolist())
    return trailing_enough([counts[key] for key in window], declared, min_labels) or declared


def _threshold(rows: Mapping[str, NDArray[Any]]) -> float | None:
    """What the last row was decided by; None where scores are the predicted numbers."""
    last = rows["threshold"][-1]
    return None if last is None else float(last)


def _day_metrics(
    rows: Mapping[str, NDArray[Any]], day: NDArray[np.bool_], threshold: float | None
) -> dict[str, Interval]:
    if not day.any():
        return {}
    label, score = rows["label"][day].astype(np.float64), rows["score"][day].astype(np.float64)
    weight = rows["weight"][day].astype(np.float64)
    return bootstrap_intervals(label, score, threshold, weights=weight)


def _share(flags: NDArray[np.bool_], weight: NDArray[np.float64]) -> float:
    return float(np.average(flags, weights=weight)) if len(flags) else nan


def _nothing(spec: PerformanceSpec) -> WindowPerformance:
    report = judge_performance({}, {}, spec.floors, spec.max_drop, 0, nan, spec.min_labels)
    return WindowPerformance(report, {}, 0, nan, (), np.empty(0), 0, None, None)


def _cells(line: MetricLine) -> dict[str, Any]:
    return {
        "metric": line.metric,
        "value": line.value,
        "low": line.low,
        "high": line.high,
        "limit": line.limit,
        "verdict": str(line.verdict),
    }
