"""Records to log."""

from __future__ import annotations

import time
from typing import Any

from ml_platform.core.log_record import LogRecord
from ml_platform.core.request_id import request_ids


def a_record(rows: int = 1, **given: Any) -> LogRecord:
    """A record with inputs ``distance`` and ``carrier`` and the key ``flight``."""
    values: dict[str, Any] = {
        "request_id": request_ids(1)[0],
        "client_request_id": None,
        "model": "delay",
        "version": 3,
        "role": "champion",
        "received_at": time.time_ns() // 1000,
        "columns": {"distance": [0.1 + i for i in range(rows)], "carrier": ["AA", None] * rows},
        "extra": {"flight": list(range(rows))},
        "scores": [0.5 + i / 1000 for i in range(rows)],
        "decisions": [1] * rows,
        "threshold": 0.5,
        "latency_ms": 0.25,
        "status": "ok",
        "sampling_weight": 1.0,
        "code_version": "0.1.0",
    }
    values["columns"]["carrier"] = values["columns"]["carrier"][:rows]
    return LogRecord(**{**values, **given})
