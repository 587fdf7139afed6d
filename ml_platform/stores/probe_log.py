"""The probes of a model: appended, never changed."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core import names
from ml_platform.core.service_level.probe import Probe
from ml_platform.stores.lake import Lake

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
        """The probes sent then (UTC) or later, oldest first."""
        if not self._table.exists():
            return []
        rows = self._table.read_arrow()
        recent = rows.filter(pc.field("probed_at") >= pa.scalar(moment, SCHEMA[0].type))
        found = [Probe.from_row(row) for row in recent.to_pylist()]
        return sorted(found, key=lambda probe: probe.at)
