"""Records as bytes: JSON by orjson, which keeps every float64 bit for bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

from ml_platform.core.log_record import LogRecord
from ml_platform.stores.request_log.port import EncodedRecord

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY


def encode(record: LogRecord) -> EncodedRecord:
    """A record as bytes. NaN among the inputs becomes null: both mean missing.

    Raises:
        TypeError: for what JSON has no word for; the input contract lets none of it in.
    """
    body = orjson.dumps(
        [
            record.request_id,
            record.client_request_id,
            record.model,
            record.version,
            record.role,
            record.received_at,
            _plain(record.columns),
            _plain(record.extra),
            record.scores,
            record.decisions,
            record.threshold,
            record.latency_ms,
            record.status,
            record.sampling_weight,
            record.code_version,
        ],
        default=_listed,
        option=_OPTIONS,
    )
    return EncodedRecord(record.rows, body)


def decode(data: bytes) -> LogRecord:
    """The record that `encode` was given; sequences come back as lists."""
    return LogRecord(*orjson.loads(data))


def _plain(columns: Mapping[str, Sequence[object]]) -> dict[str, Sequence[object]]:
    return columns if type(columns) is dict else dict(columns)


def _listed(values: object) -> list[object]:
    """What orjson does not know: numpy arrays of objects, tuples' kin and the like."""
    return list(values)  # type: ignore[call-overload]
