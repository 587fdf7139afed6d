"""What a version was capable of when it was a candidate, from the evaluation table."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.performance.segments import SegmentKey
from ml_platform.lifecycle.model import Model
from ml_platform.stores.lake import Lake

CANDIDATE = "candidate"
BY_SEGMENT = "candidate_by_segment"
"""The contender of the rows that hold one segment's metrics each."""


def holdout_metrics(model: Model, lake: Lake, version: int) -> Mapping[str, float]:
    """The metrics a version had on its own hold-out; none where it was not evaluated."""
    return {row["metric"]: row["value"] for row in _rows(model, lake, version, CANDIDATE)}


def holdout_segments(
    model: Model, lake: Lake, version: int
) -> Mapping[SegmentKey, Mapping[str, float]]:
    """The same within each segment value that had rows enough."""
    found: dict[SegmentKey, dict[str, float]] = {}
    for row in _rows(model, lake, version, BY_SEGMENT):
        key = (row["segment"], row["segment_value"])
        found.setdefault(key, {})[row["metric"]] = row["value"]
    return found


def _rows(model: Model, lake: Lake, version: int, contender: str) -> list[dict[str, object]]:
    table = lake.table(model.table(names.EVALUATION))
    if not table.exists():
        return []
    rows: pa.Table = table.read_arrow()
    own = pc.and_(pc.equal(rows["model_version"], version), pc.equal(rows["contender"], contender))
    return rows.filter(own).to_pylist()
