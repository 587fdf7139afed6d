"""One contract for the tests that need no server: every kind of column."""

from __future__ import annotations

from typing import Any

from ml_platform.core.serving_spec import LimitsSpec
from ml_platform.serving.input_contract import InputContract

INPUTS = {
    "distance": "double",
    "sched_dep_time": "int",
    "carrier": "string",
    "holiday": "boolean",
    "at": "timestamp",
}
SPEC: dict[str, Any] = {
    "input_columns": INPUTS,
    "threshold": 0.4,
    "spec": {"key": ["flight", "carrier"]},
    "key_columns": {"flight": "string", "carrier": "string"},
}
CONTRACT = InputContract.of(SPEC)
LIMITS = LimitsSpec(rows=5)
ROW: dict[str, Any] = {
    "distance": 1400.5,
    "sched_dep_time": 1745,
    "carrier": "AA",
    "holiday": False,
    "at": "2013-01-07T17:45:00",
}


def columns(rows: int = 1, **changed: Any) -> dict[str, list[Any]]:
    """The row as often as asked, with columns replaced or added."""
    return {name: [value] * rows for name, value in ROW.items()} | changed


def headers(content_type: str = "application/json", **more: str) -> list[tuple[bytes, bytes]]:
    """Headers as a server hands them on; underscores become dashes."""
    given = {"content-type": content_type} | {key.replace("_", "-"): more[key] for key in more}
    return [(key.encode(), value.encode()) for key, value in given.items() if value]
