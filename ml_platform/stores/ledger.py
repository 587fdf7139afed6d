"""The ledger: every decision the platform took, appended and never changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ml_platform.core.ledger import LedgerEntry
from ml_platform.core.names import LEDGER
from ml_platform.stores.lake import Lake
from ml_platform.stores.lake_snapshot import Snapshot

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
        return self._read(SCHEMA.names, model, since) if self._table.exists() else []

    def lines(self, model: str) -> list[LedgerEntry]:
        """The entries of a model, whose evidence is read where somebody looks into it.

        For those who ask again and again: what was read is kept until something is appended, and
        evidence, which is long, is not among it.
        """
        snapshot = self._table.newest()
        if snapshot is None:
            return []
        root = self._table.root
        known, lines = _known.get(root, (None, {}))
        if known is not snapshot:
            _known[root] = snapshot, (lines := {})
        if model not in lines:
            columns = [name for name in SCHEMA.names if name != "evidence"]
            lines[model] = tuple(self._read(columns, model, None))
        return list(lines[model])

    def _read(
        self, columns: Sequence[str], model: str | None, since: datetime | None
    ) -> list[LedgerEntry]:
        wanted = pc.scalar(True)
        if model is not None:
            wanted &= pc.field("model") == model
        if since is not None:
            wanted &= pc.field("decided_at") >= since
        rows = self._table.read_arrow(columns=columns, where=wanted).to_pylist()
        if "evidence" not in columns:
            rows = [row | {"evidence": partial(self._evidence, row)} for row in rows]
        chosen = [LedgerEntry.from_row(row) for row in rows]
        return sorted(chosen, key=lambda each: (each.decided_at, each.entry_id))

    def _evidence(self, row: Mapping[str, Any]) -> str:
        # The moment tells which file; the log knows the moments of each.
        wanted = pc.field("decided_at") == row["decided_at"]
        wanted &= pc.field("entry_id") == row["entry_id"]
        [text] = self._table.read_arrow(columns=["evidence"], where=wanted)["evidence"].to_pylist()
        return str(text)


_known: dict[Path, tuple[Snapshot, dict[str, tuple[LedgerEntry, ...]]]] = {}
