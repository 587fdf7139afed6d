"""Metrics within each value of a segment, so that a good average hides no bad corner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ml_platform.core.performance.measured_rows import task_metrics

SegmentKey = tuple[str, str]
"""A segment column and one of its values."""


@dataclass(frozen=True, slots=True)
class SegmentMetrics:
    """One value of one segment.

    Attributes:
        segment: The column, such as ``origin``.
        value: Its value, such as ``JFK``; rows without one are under ``(missing)``.
        rows: Labelled rows.
        metrics: By name; empty when there were too few rows to say.
    """

    segment: str
    value: str
    rows: int
    metrics: Mapping[str, float]

    @property
    def evaluated(self) -> bool:
        """Whether there were enough rows."""
        return bool(self.metrics)


def segment_metrics(
    segment: str,
    values: ArrayLike,
    label: ArrayLike,
    score: ArrayLike,
    threshold: float | None,
    min_rows: int = 200,
) -> tuple[SegmentMetrics, ...]:
    """Metrics of every value of a segment, the largest first.

    Args:
        segment: Name of the column.
        values: Its values, shape [n]; None and NaN are rows without one.
        label: 0 or 1, or numbers that were to be predicted, shape [n].
        score: Probability of label 1, or the predicted numbers, shape [n].
        threshold: As for `measured_rows`.
        min_rows: A value with fewer rows is listed but not evaluated.

    Raises:
        ValueError: What `measured_rows` refuses.
    """
    labels, scores = np.asarray(label), np.asarray(score)
    lines = []
    for value, inside in by_value(values):
        rows = int(inside.sum())
        enough = rows >= min_rows
        metrics = task_metrics(labels[inside], scores[inside], threshold)
        lines.append(SegmentMetrics(segment, value, rows, metrics if enough else {}))
    return tuple(sorted(lines, key=lambda line: (-line.rows, line.value)))


def by_value(values: ArrayLike) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Each value of a segment column, with which rows hold it, shape [n]."""
    given = np.asarray(values, dtype=object)
    # Only NaN differs from itself.
    names = ["(missing)" if v is None or v != v else str(v) for v in given]
    found, where = np.unique(np.array(names, dtype=str), return_inverse=True)
    for position, value in enumerate(found):
        yield str(value), where == position
