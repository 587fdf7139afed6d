"""The performance table: realised values beside their estimates and what was said before."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import pyarrow as pa

from ml_platform.core import names
from ml_platform.core.performance.beside_estimate import with_estimate
from ml_platform.core.performance.earlier import with_earlier
from ml_platform.core.performance.window import WindowPerformance
from ml_platform.lifecycle.model import Model
from ml_platform.stores.lake import Lake

PERFORMANCE_SCHEMA = pa.schema(
    [
        ("window", pa.string()),
        ("segment", pa.string()),
        ("segment_value", pa.string()),
        ("metric", pa.string()),
        ("value", pa.float64()),
        ("low", pa.float64()),
        ("high", pa.float64()),
        ("limit", pa.float64()),
        ("verdict", pa.string()),
        ("labelled_rows", pa.int64()),
        ("coverage", pa.float64()),
        ("estimated", pa.float64()),
        ("deviation", pa.float64()),
        ("error", pa.float64()),
        ("earlier", pa.float64()),
        ("earlier_as_of", pa.timestamp("us", "UTC")),
        ("model_version", pa.int64()),
        ("labels_as_of", pa.timestamp("us", "UTC")),
        ("method", pa.string()),
        ("computed_at", pa.timestamp("us", "UTC")),
        ("partition", pa.string()),
    ]
)


def table_rows(
    model: Model, lake: Lake, measured: Mapping[str, WindowPerformance]
) -> list[dict[str, object]]:
    """Rows of the partitions, with what was estimated of them and what was said before."""
    now = datetime.now(UTC)
    rows = [row for p, found in measured.items() for row in found.rows(p, now)]
    beside = with_estimate(rows, _stored(model, lake, names.ESTIMATED_PERFORMANCE, measured))
    return list(with_earlier(beside, _stored(model, lake, names.PERFORMANCE, measured)))


def _stored(
    model: Model, lake: Lake, stage: str, partitions: Iterable[str]
) -> list[dict[str, object]]:
    table = lake.table(model.table(stage))
    present = set(table.partitions()) if table.exists() else set()
    wanted = [p for p in partitions if p in present]
    return table.read_arrow(wanted).to_pylist() if wanted else []
