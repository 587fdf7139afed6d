"""Logged requests as rows of the inference log."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from ml_platform.core.feature_digest import Cell, feature_digests
from ml_platform.core.log_record import ONLINE, LogRecord
from ml_platform.core.request_id import row_id
from ml_platform.stores.request_log.as_sent import AS_SENT, with_as_sent, without_place
from ml_platform.stores.request_log.log_schema import REDACTED
from ml_platform.stores.request_log.port import LoggedRecord
from ml_platform.stores.request_log.typed_cells import typed_column

PartitionOf = Callable[[datetime | None, datetime], str]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MADE_LAST = (REDACTED, AS_SENT, "partition")


def log_rows(
    logged: Sequence[tuple[str, LoggedRecord]],
    schema: pa.Schema,
    redact: Sequence[str],
    partition_of: PartitionOf,
) -> pa.Table:
    """One row per row of each request, with the columns and types of the log.

    Of a redacted input a column of text holds the digest in its place. Any other has no room for
    it: it is null there, and the digest stands in ``redacted`` under its name. The digest of all
    features is made of what was logged, so redacted rows compare among themselves, not with batch.

    Nothing that was sent is lost: what fits into no column stands in ``as_sent``, which the rows
    have beside the columns of the schema where they need it.

    Args:
        logged: records, each with its writer.
        schema: of the log.
        redact: inputs that were logged as digests.
        partition_of: from event time (or None) and time of receipt to the partition's name.
    """
    columns = _per_row(logged)
    records, kinds = [each.record for _, each in logged], list(schema.field("features").type)
    columns["feature_digest"] = [d for each in records for d in feature_digests(each.columns)]
    asked = {kind.name for kind in kinds} | {*schema.names} - {*columns, "features", *MADE_LAST}
    named = asked.union(*(each.columns for each in records), *(each.extra for each in records))
    sent = {name: [cell for each in records for cell in each.sent(name)] for name in named}
    held = {kind.name: typed_column(sent[kind.name], kind.type) for kind in kinds}
    columns["features"] = pa.StructArray.from_arrays(list(held.values()), fields=kinds)
    for name in schema.names:
        if name not in columns and name not in MADE_LAST:
            columns[name] = typed_column(sent[name], schema.field(name).type)
            held[name] = columns[name]
    columns["partition"] = list(
        map(partition_of, columns["event_time"].to_pylist(), columns["logged_at"])
    )
    text = {kind.name for kind in kinds if pa.types.is_string(kind.type)}
    hidden = {name: sent.pop(name) for name in redact if name in held and name not in text}
    columns[REDACTED] = _by_name(hidden, len(columns["seq"]))
    columns[AS_SENT] = without_place(sent, held, len(columns["seq"]))
    if any(columns[AS_SENT]):
        schema = with_as_sent(schema)
    arrays = [_array(columns[field.name], field.type) for field in schema]
    return pa.Table.from_arrays(arrays, schema=schema)


def _per_row(logged: Sequence[tuple[str, LoggedRecord]]) -> dict[str, Any]:
    """What is the same for each row of a request, and what is counted through it."""
    made: dict[str, list[Any]] = {name: [] for name in _SAME}
    made |= {name: [] for name in ("request_id", "writer", "seq", "score", "decision", "source")}
    for writer, each in logged:
        record = each.record
        made["request_id"] += [row_id(record.request_id, i) for i in range(record.rows)]
        made["writer"] += [writer] * record.rows
        made["seq"] += range(each.seq, each.end)
        made["score"] += record.scores
        made["decision"] += [None] * record.rows if record.decisions is None else record.decisions
        made["source"] += [ONLINE] * record.rows
        for name, value in _SAME.items():
            made[name] += [value(record)] * record.rows
    return made


_SAME: Mapping[str, Callable[[LogRecord], Any]] = {
    "client_request_id": lambda record: record.client_request_id,
    "model": lambda record: record.model,
    "model_version": lambda record: record.version,
    "role": lambda record: record.role,
    "logged_at": lambda record: EPOCH + timedelta(microseconds=record.received_at),
    "threshold": lambda record: record.threshold,
    "latency_ms": lambda record: record.latency_ms,
    "status": lambda record: record.status,
    "sampling_weight": lambda record: record.sampling_weight,
    "code_version": lambda record: record.code_version,
}


def _by_name(hidden: Mapping[str, Sequence[Cell]], rows: int) -> list[dict[str, Cell]]:
    return [
        {name: cells[i] for name, cells in hidden.items() if cells[i] is not None}
        for i in range(rows)
    ]


def _array(values: Any, kind: pa.DataType) -> pa.Array:
    if isinstance(values, pa.Array | pa.ChunkedArray):
        return values
    if pa.types.is_map(kind):
        return pa.array([list(each.items()) for each in values], kind)
    return pa.array(values, kind)
