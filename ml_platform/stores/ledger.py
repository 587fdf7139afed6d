"""The ledger: every decision the platform took, appended and never changed."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

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
        # Evidence is long: it is read of the entries that are asked for, and of no others.
        wanted = pc.scalar(True)
        if model is not None:
            wanted &= pc.field("model") == model
        if since is not None:
            wanted &= pc.field("decided_at") >= since
        rows = self._table.read_arrow(where=wanted)
        chosen = [LedgerEntry.from_row(row) for row in rows.to_pylist()]
        return sorted(chosen, key=lambda each: (each.decided_at, each.entry_id))
