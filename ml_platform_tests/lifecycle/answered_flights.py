"""A model of three columns whose requests are logged, and other processes that log and move them.

``python -m ml_platform_tests.lifecycle.answered_flights <role> <home> ...``
"""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa

from ml_platform.core import names
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.log_record import LogRecord
from ml_platform.core.model_spec import ModelSpec
from ml_platform.core.request_id import request_ids
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.request_mover import RequestMover
from ml_platform.stores.lake import Lake, LakeTable
from ml_platform.stores.request_log.codec import encode
from ml_platform.stores.request_log.log_schema import INSTANT
from ml_platform.stores.request_log.sqlite_reader import SqliteReader
from ml_platform.stores.request_log.sqlite_writer import SqliteWriter
from ml_platform_tests.core.test_model_spec import flight_delay

DAY = "2013-01-09"
NAME = "small"
INPUTS = {"carrier": "string", "distance": "int", "temp": "double"}
FEATURES = pa.schema(
    [
        ("flight_date", pa.date32()),
        ("flight", pa.int32()),
        ("carrier", pa.string()),
        ("distance", pa.int32()),
        ("temp", pa.float64()),
        ("event_time", INSTANT),
        ("partition", pa.string()),
    ]
)


def a_model(**log: Any) -> Model:
    """The model; `log` is what it declares under serving.log."""
    declared = flight_delay(
        name=NAME, key=["flight_date", "flight"], monitoring={}, serving={"log": log}
    )
    return Model(
        spec=ModelSpec.model_validate(declared),
        calendar=Calendar("day", date(2013, 1, 1)),
        features=lambda *_: None,  # type: ignore[arg-type,return-value]
        lookback=timedelta(0),
        lineage={},
        inputs=INPUTS,
        preprocess_module="none",
        contracts={},
    )


def a_request(first: int, rows: int = 1, day: str = DAY, **given: Any) -> LogRecord:
    """A request for the flights numbered from `first` on."""
    flights = list(range(first, first + rows))
    values: dict[str, Any] = {
        "request_id": request_ids(1)[0],
        "client_request_id": f"client-{first}",
        "model": NAME,
        "version": 3,
        "role": "champion",
        "received_at": time.time_ns() // 1000,
        "columns": {
            "carrier": ["AA"] * rows,
            "distance": flights,
            "temp": [None if i % 3 == 0 else i / 7 for i in flights],
        },
        "extra": {
            "flight_date": [day] * rows,
            "flight": flights,
            "event_time": [f"{day}T05:00:00+00:00"] * rows,
        },
        "scores": [1 / (1 + i) for i in flights],
        "decisions": [i % 2 for i in flights],
        "threshold": 0.5,
        "latency_ms": 0.75,
        "status": "ok",
        "sampling_weight": 1.0,
        "code_version": "0.1.0",
    }
    return LogRecord(**{**values, **given})


def log_table(home: Path) -> LakeTable:
    """The inference log."""
    return Lake(str(home / "lake")).table(f"{NAME}/{names.INFERENCE_LOG}")


def a_mover(home: Path, **log: Any) -> RequestMover:
    """The mover of the SQLite logs under a home; its features table is there."""
    lake = Lake(str(home / "lake"))
    features = lake.table(f"{NAME}/{names.FEATURES}")
    if not features.exists():
        moment = datetime(2013, 1, 1, tzinfo=UTC)
        first = [date(2013, 1, 1), 1, "AA", 1, 1.0, moment, "2013-01-01"]
        rows = pa.table(
            [pa.array([cell], f.type) for cell, f in zip(first, FEATURES, strict=True)],
            schema=FEATURES,
        )
        features.replace_arrow(rows, ["2013-01-01"])
    return RequestMover(a_model(**log), lake, SqliteReader(home / "log", NAME))


def a_writer(home: Path, **options: Any) -> SqliteWriter:
    """A log of this process."""
    return SqliteWriter(home / "log", NAME, **options)


def start(*arguments: str) -> subprocess.Popen[str]:
    """Start this module as a process of its own; it says ``ready`` once it works."""
    command = [sys.executable, "-m", "ml_platform_tests.lifecycle.answered_flights", *arguments]
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    )


def log_requests(home: str, first: str, seconds: str) -> None:
    """Log requests of three flights and say the number of each once it is on disk."""
    writer = a_writer(Path(home), rotate_at=200_000)
    print("ready", flush=True)
    number, end = int(first), time.monotonic() + float(seconds)
    while time.monotonic() < end:
        writer.append([encode(a_request(number, rows=3))])
        print(number, flush=True)
        number += 3
        time.sleep(0.002)
    writer.close()


def move_on_and_on(home: str) -> None:
    """Move what waits, again and again, until killed."""
    mover = a_mover(Path(home))
    print("ready", flush=True)
    while True:
        mover.move()
        mover.forget_the_dead()
        time.sleep(0.02)


if __name__ == "__main__":
    role, *rest = sys.argv[1:]
    {"log": log_requests, "move": move_on_and_on}[role](*rest)
