"""Rows of the inference log that the endpoint scored."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from ml_platform.core.log_record import OK, ONLINE
from ml_platform.stores.lake import LakeTable

OF_ONE_REQUEST: Final = ("writer", "role", "model_version", "logged_at", "latency_ms")
"""Each request took its own time, so its rows are those of one writer that took the same."""
OF_CLIENTS: Final = pc.field("status") == OK
"""The platform's own probes ask for one row over and over: nobody's requests."""


def online_rows(
    table: LakeTable, columns: Sequence[str], since: datetime, where: pc.Expression
) -> pa.Table:
    """Read the rows that were received at a moment or later and meet a condition.

    Parquet's bounds of `logged_at` leave most files unread.

    Args:
        table: the inference log; it is there.
        columns: to read; those that `where` looks at are among them, or `status`.
        since: with zone.
        where: which rows.
    """
    schema = table.schema()
    looked_at = dict.fromkeys((*columns, "source", "status", "logged_at"))
    files = ds.dataset(table.files(), schema=pa.schema([schema.field(name) for name in looked_at]))
    began = pa.scalar(since, schema.field("logged_at").type)
    recent = (pc.field("logged_at") >= began) & (pc.field("source") == ONLINE)
    return files.to_table(columns=list(columns), filter=recent & where)
