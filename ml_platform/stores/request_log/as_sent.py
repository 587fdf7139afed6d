"""Values that the inference log has no place for: kept as they were sent."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pyarrow as pa

from ml_platform.core.feature_digest import Cell

AS_SENT = "as_sent"
"""Column of the log with such values by their column; tables have it from the first one on."""
TEXTS = pa.map_(pa.string(), pa.string())


def without_place(
    sent: Mapping[str, Sequence[Cell]], held: Mapping[str, pa.Array], rows: int
) -> list[dict[str, str]]:
    """Per row, what of it became null, or has no column: column -> the value as JSON.

    The log that the records come from is removed once it is moved: what is not here is gone.

    Args:
        sent: columns as they were sent, by name.
        held: columns of the log made of these, by name.
        rows: how many there are.
    """
    found: list[dict[str, str]] = [{} for _ in range(rows)]
    for name, cells in sent.items():
        column = held.get(name)
        if column is not None and column.null_count == cells.count(None):
            continue
        kept = [None] * len(cells) if column is None else column.to_pylist()
        for row, (cell, there) in enumerate(zip(cells, kept, strict=True)):
            if cell is not None and there is None:
                found[row][name] = json.dumps(cell)
    return found


def with_as_sent(schema: pa.Schema) -> pa.Schema:
    """The schema of a log with the column, ahead of the partition."""
    if AS_SENT in schema.names:
        return schema
    return schema.insert(len(schema) - 1, pa.field(AS_SENT, TEXTS))
