"""The probes of a model: appended, never changed."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from ml_platform.core import names
from ml_platform.core.service_level.probe import Probe
from ml_platform.stores.lake import Lake
from ml_platform.stores.lake_retention import remove_rows

SCHEMA = pa.schema(
    [
        ("probed_at", pa.timestamp("us", tz="UTC")),
        ("ok", pa.bool_()),
        ("latency_ms", pa.float64()),
        ("version", pa.int64()),
        ("error", pa.string()),
        ("counters", pa.string()),
    ]
)
"""One row per probe; ``counters`` is a JSON text of what `/metrics` said then."""


class ProbeLog:
    """The table ``<model>/probes``, written and read without Spark."""

    def __init__(self, lake: Lake, model: str) -> None:
        """Open it; it need not exist yet."""
        self._table = lake.table(names.table_of(names.of_model(model, names.PROBES)))

    def append(self, probe: Probe) -> None:
        """Keep a probe.

        Raises:
            StoreError: the lake cannot be written.
        """
        rows = pa.Table.from_pylist([probe.to_row()], schema=SCHEMA)
        self._table.append_arrow(rows)

    def since(self, moment: datetime) -> list[Probe]:
        """The probes sent then (UTC) or later, oldest first.

        Parquet's bounds of `probed_at` leave what is older unread.
        """
        if not self._table.exists():
            return []
        files = ds.dataset(self._table.files(), schema=SCHEMA)
        recent = files.to_table(filter=pc.field("probed_at") >= _time(moment))
        found = [Probe.from_row(row) for row in recent.to_pylist()]
        return sorted(found, key=lambda probe: probe.at)

    def forget(self, before: datetime) -> int:
        """Remove the probes sent before a moment (UTC); return how many."""
        return remove_rows(self._table, pc.field("probed_at") < _time(before))


def _time(moment: datetime) -> pa.Scalar:
    return pa.scalar(moment, SCHEMA.field("probed_at").type)
