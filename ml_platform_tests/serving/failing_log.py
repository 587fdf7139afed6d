"""A log at the port whose disk fails when it is told to."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ml_platform.stores.request_log.port import EncodedRecord
from ml_platform_tests.waiting import PATIENCE


class FailingLog:
    """Keeps batches in memory; raises `error` while one is set, and can be held up."""

    writer = "failing"

    def __init__(self, local: bool = True) -> None:
        self.local = local
        self.error: Exception | None = None
        self.batches: list[list[EncodedRecord]] = []
        self.closed = False
        self.committing = False
        self.open = threading.Event()
        self.open.set()

    def append(self, records: Sequence[EncodedRecord]) -> None:
        self.committing = True
        assert self.open.wait(PATIENCE)
        self.committing = False
        self.probe()
        self.batches.append(list(records))

    def probe(self) -> None:
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        self.closed = True
