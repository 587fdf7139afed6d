"""The evaluation table: a candidate's metrics, its rivals' beside them, and those by segment."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from ml_platform.core.gate_evidence import GateEvidence
from ml_platform.core.gate_measurement import Contender
from ml_platform.core.performance.interval import Interval
from ml_platform.core.performance.segments import SegmentMetrics, segment_metrics
from ml_platform.core.task import best_constant
from ml_platform.lifecycle.holdout_metrics import BY_SEGMENT, CANDIDATE
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.training_rows import LabelledRows


def evaluation_rows(
    version: int,
    metric: str,
    evidence: GateEvidence,
    intervals: Mapping[str, Interval],
    holdout: LabelledRows,
    segments: Sequence[SegmentMetrics],
) -> pa.Table:
    """One row per contender and metric; the candidate's also per segment value.

    Args:
        version: the candidate.
        metric: what it is judged by.
        evidence: metrics of all contenders.
        intervals: of the candidate's metrics.
        holdout: the rows they were measured on.
        segments: the candidate's metrics within each segment value.
    """
    days = sorted(set(holdout.partitions.tolist()))
    shared: dict[str, Any] = {
        "model_version": version,
        "rows": len(holdout.label),
        "first_partition": days[0],
        "last_partition": days[-1],
        "evaluated_at": datetime.now(UTC),
    }
    contenders: dict[str, Mapping[str, float] | None] = {
        CANDIDATE: evidence.candidate,
        "champion": evidence.champion,
        best_constant(metric): evidence.base_rate,
        "rule": evidence.rule,
    }
    rows = [
        shared
        | {"contender": who, "metric": metric, "value": value}
        | _ends(intervals[metric] if who == CANDIDATE else None)
        for who, metrics in contenders.items()
        for metric, value in (metrics or {}).items()
    ]
    rows += [
        shared
        | {"contender": BY_SEGMENT, "metric": metric, "value": value, "rows": part.rows}
        | {"segment": part.segment, "segment_value": part.value}
        for part in segments
        for metric, value in part.metrics.items()
    ]
    return pa.Table.from_pylist(rows, schema=EVALUATION_SCHEMA)


def holdout_by_segment(model: Model, holdout: LabelledRows, own: Contender) -> list[SegmentMetrics]:
    """The candidate within each segment value: what the segments of later days are held against."""
    few = model.spec.monitoring.performance.min_labels
    return [
        part
        for name, values in holdout.segments.items()
        for part in segment_metrics(name, values, holdout.label, own.score, own.threshold, few)
    ]


def _ends(interval: Interval | None) -> dict[str, float | None]:
    return {"low": interval and interval.low, "high": interval and interval.high}


EVALUATION_SCHEMA = pa.schema(
    [
        ("model_version", pa.int64()),
        ("contender", pa.string()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("rows", pa.int64()),
        ("first_partition", pa.string()),
        ("last_partition", pa.string()),
        ("evaluated_at", pa.timestamp("us", "UTC")),
        ("segment", pa.string()),
        ("segment_value", pa.string()),
    ]
)
