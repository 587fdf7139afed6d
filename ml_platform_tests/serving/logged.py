"""What an endpoint put into its request log."""

from __future__ import annotations

from pathlib import Path

from ml_platform.core.log_record import LogRecord
from ml_platform.stores.request_log.where import open_reader
from ml_platform_tests.serving.toy_endpoint import MODEL


def logged(home: Path, model: str = MODEL) -> list[LogRecord]:
    """Every record of a model, of all workers."""
    reader = open_reader(str(home / "request_log"), model)
    return [
        each.record for writer in reader.writers() for each in reader.read(writer, 0, 1_000_000)
    ]
