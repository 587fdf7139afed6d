"""The profiles of a model in the lake: rows in, rows out."""

from collections.abc import Sequence

import pyarrow as pa

from ml_platform.core import names
from ml_platform.core.edges import Edges
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.score_profile import SCORE_EDGES
from ml_platform.lifecycle.model import Model
from ml_platform.stores.lake import Lake

PROFILE_SCHEMA = pa.schema(
    [
        ("segment", pa.string()),
        ("column", pa.string()),
        ("kind", pa.string()),
        ("edge_version", pa.int64()),
        ("rows", pa.int64()),
        ("missing", pa.int64()),
        ("nan", pa.int64()),
        ("infinite", pa.int64()),
        ("minimum", pa.float64()),
        ("maximum", pa.float64()),
        ("counts", pa.list_(pa.int64())),
        ("total", pa.float64()),
        ("unseen", pa.string()),
        ("partition", pa.string()),
    ]
)
"""One row per partition, segment and column; segment is empty for the inputs, and names the model
version for its score."""


def read_edges(lake: Lake, model: Model) -> list[Edges]:
    """The bins of the model's inputs, set at its first training; none before that."""
    table = lake.table(model.table(names.EDGES))
    return [Edges.from_row(r) for r in table.read_arrow().to_pylist()] if table.exists() else []


def profile_rows(
    found: Sequence[tuple[str, ColumnProfile]], segment_of_score: str = ""
) -> pa.Table:
    """Profiles by partition as rows of the table."""
    rows = [
        profile.to_row()
        | {
            "partition": partition,
            "segment": segment_of_score if profile.column == SCORE_EDGES.column else "",
        }
        for partition, profile in found
    ]
    return pa.Table.from_pylist(rows, schema=PROFILE_SCHEMA)


def read_profiles(
    lake: Lake, model: Model, partitions: Sequence[str], segment: str
) -> list[ColumnProfile]:
    """All profiles of one segment in these partitions, to be merged by the caller."""
    table = lake.table(model.table(names.PROFILES))
    present = set(table.partitions()) if table.exists() else set()
    wanted = [p for p in partitions if p in present]
    if not wanted:
        return []
    rows = table.read_arrow(wanted).to_pylist()
    return [ColumnProfile.from_row(row) for row in rows if row["segment"] == segment]
