"""Requests that an endpoint answered, as the inference log has them, without an endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pyarrow as pa

from ml_platform.core import names
from ml_platform.stores.lake import LakeTable
from ml_platform_tests.lifecycle.rollout_home import RolloutHome

PARTITION = "2026-03-01"
SCHEMA = pa.schema(
    [
        ("request_id", pa.string()),
        ("model_version", pa.int32()),
        ("role", pa.string()),
        ("source", pa.string()),
        ("status", pa.string()),
        ("logged_at", pa.timestamp("us", tz="UTC")),
        ("flight", pa.int64()),
        ("carrier", pa.string()),
        ("score", pa.float64()),
        ("latency_ms", pa.float64()),
        ("writer", pa.string()),
        ("seq", pa.int64()),
        ("partition", pa.string()),
    ]
)


@dataclass
class Answered:
    """A log that grows request by request."""

    table: LakeTable
    rows: list[dict[str, object]] = field(default_factory=list)

    def request(
        self,
        number: int,
        version: int,
        role: str,
        at: datetime,
        scores: Sequence[float],
        *,
        took: float = 2.0,
        source: str = "online",
        status: str = "ok",
    ) -> None:
        """Add a request; its number makes it the same request in another role."""
        time = f"{int(at.timestamp() * 1000):012x}"
        for row, score in enumerate(scores):
            tail = f"{number * 100 + row:012x}"
            self.rows.append(
                {
                    "request_id": f"{time[:8]}-{time[8:]}-7000-8000-{tail}",
                    "model_version": version,
                    "role": role,
                    "source": source,
                    "status": status,
                    "logged_at": at.astimezone(UTC),
                    "flight": number * 100 + row,
                    "carrier": "AA",
                    "score": score,
                    # No two requests of a worker take exactly the same time.
                    "latency_ms": took + number * 1e-9,
                    "writer": "a worker",
                    "seq": len(self.rows),
                    "partition": PARTITION,
                }
            )

    def write(self) -> None:
        """Have the lake hold them."""
        table = pa.Table.from_pylist(self.rows, schema=SCHEMA)
        self.table.replace_arrow(table, [PARTITION])


BEGAN = datetime.now(UTC) - timedelta(hours=1)
"""When the rollouts of the tests began."""


def at(minutes: float) -> datetime:
    """So many minutes after a rollout began."""
    return BEGAN + timedelta(minutes=minutes)


def log_of(home: RolloutHome) -> Answered:
    """The log of a home, empty yet."""
    return Answered(home.lake.table(home.model.table(names.INFERENCE_LOG)))


def traffic(
    log: Answered, numbers: range, role: str, *, apart: float = 0.0, took: float = 2.0
) -> None:
    """Requests of two rows; in the shadow the champion answers them too, as a canary others."""
    for number in numbers:
        when, scores = at((number + 1) / 100), (0.3, 0.5)
        log.request(number, 1, "champion", when, scores)
        other = number if role == "shadow" else 100_000 + number
        log.request(other, 2, role, when, [score + apart for score in scores], took=took)
    log.write()
