"""The columns of the inference log, as batch scoring writes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

INSTANT = pa.timestamp("us", tz="UTC")
REDACTED = "redacted"
"""Digests of redacted numbers by input, on tables of models that redact any."""
DIGESTS = pa.map_(pa.string(), pa.string())


def log_schema(
    features: pa.Schema, key: Sequence[str], inputs: Sequence[str], redacts: bool
) -> pa.Schema:
    """The schema of a log that nothing was written to yet.

    Args:
        features: of the model's features table, which holds key and inputs with their types.
        key: key columns, in order.
        inputs: of the model, in order.
        redacts: whether inputs are logged as digests.
    """
    text, number = pa.string(), pa.float64()
    columns: Mapping[str, pa.DataType] = {
        "request_id": text,
        "client_request_id": text,
        "model": text,
        "model_version": pa.int32(),
        "role": text,
        "source": text,
        "event_time": INSTANT,
        "logged_at": INSTANT,
        **{name: features.field(name).type for name in key},
        "features": pa.struct([(name, features.field(name).type) for name in inputs]),
        "score": number,
        "decision": pa.int32(),
        "threshold": number,
        "latency_ms": number,
        "status": text,
        "sampling_weight": number,
        "code_version": text,
        "feature_digest": text,
        "writer": text,
        "seq": pa.int64(),
        **({REDACTED: DIGESTS} if redacts else {}),
        "partition": text,
    }
    return pa.schema(list(columns.items()))


def with_digests(schema: pa.Schema, redacts: bool) -> pa.Schema:
    """The schema of a table that is there, with the column of digests where it needs one."""
    if not redacts or REDACTED in schema.names:
        return schema
    return schema.insert(len(schema) - 1, pa.field(REDACTED, DIGESTS))
