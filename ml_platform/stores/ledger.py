"""The ledger: every decision the platform took, appended and never changed."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from ml_platform.core.ledger import LedgerEntry
from ml_platform.core.names import LEDGER
from ml_platform.stores.lake import Lake

SCHEMA = pa.schema(
    [
        ("entry_id", pa.string()),
        ("model", pa.string()),
        ("decided_at", pa.timestamp("us", tz="UTC")),
        ("as_of", pa.string()),
        ("kind", pa.string()),
        ("verdict", pa.string()),
        ("cause", pa.string()),
        ("reason", pa.string()),
        ("held_back_by", pa.string()),
        ("evidence", pa.string()),
        ("run_id", pa.string()),
        ("model_version", pa.string()),
        ("by", pa.string()),
        ("cost_seconds", pa.float64()),
        ("refers_to", pa.string()),
    ]
)
"""One row per entry; ``evidence`` is a JSON text."""


class Ledger:
    """The table ``ledger`` of a lake, written and read without Spark.

    Sensors, runs and people append at the same time; no entry is ever lost or written twice.
    """

    def __init__(self, lake: Lake) -> None:
        self._table = lake.table(LEDGER)

    def append(self, entry: LedgerEntry) -> None:
        """Record one entry; recording the same entry again changes nothing.

        Raises:
            StoreError: when the lake cannot be written.
        """
        rows = pa.Table.from_pylist([entry.to_row()], schema=SCHEMA)
        self._table.append_arrow(rows, app=(f"ledger/{entry.entry_id}", 1))

    def entries(self, model: str | None = None, since: datetime | None = None) -> list[LedgerEntry]:
        """The entries, oldest first.

        Args:
            model: only this model's.
            since: only those decided then (UTC) or later.
        """
        if not self._table.exists():
            return []
        found = [LedgerEntry.from_row(row) for row in self._table.read_arrow().to_pylist()]
        chosen = [
            each
            for each in found
            if (model is None or each.model == model)
            and (since is None or each.decided_at >= since)
        ]
        return sorted(chosen, key=lambda each: (each.decided_at, each.entry_id))
