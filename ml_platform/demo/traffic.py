"""People who book: they ask the online endpoint about each flight of the day, one request each."""

from __future__ import annotations

import http.client
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from ml_platform.core import names
from ml_platform.core.errors import UserError
from ml_platform.defs.models.flight_delay.preprocess import INPUTS
from ml_platform.demo.scenario import MODEL
from ml_platform.stores.lake import Lake

OK = 200
KEY = ("flight_date", "carrier", "flight", "origin", "sched_dep_time")
COLUMNS = list(dict.fromkeys([*INPUTS, *KEY, "event_time"]))
"""What a request holds. The key and the time of the event are logged with the answer, so that its
outcome finds it."""
_READY_SECONDS = 600.0


@dataclass
class Traffic:
    """Real requests to a running endpoint, and what came back.

    Attributes:
        url: of the endpoint.
        lake: whose features are asked about.
        answered: the ids of the requests that got a prediction.
        refused: requests by the status that they got instead.
        versions: how many requests each model version answered.
        latencies: milliseconds as the client saw them, one per answer.
    """

    url: str
    lake: Lake
    answered: set[str] = field(default_factory=set)
    refused: Counter[int] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    latencies: list[float] = field(default_factory=list)

    def of_day(self, day: date) -> None:
        """Ask about every flight of a day, in the order of the table, over one connection."""
        connection = self._connected()
        try:
            for body in self._requests(day):
                self._ask(connection, body)
        finally:
            connection.close()

    def until_ready(self, alive: Callable[[], None]) -> None:
        """Wait until the endpoint has a model to answer with.

        Raises:
            UserError: it was not ready in time.
        """
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            alive()
            connection = self._connected()
            try:
                connection.request("GET", "/v2/health/ready")
                if connection.getresponse().status == OK:
                    return
            finally:
                connection.close()
            time.sleep(0.1)
        raise UserError(f"the endpoint at {self.url} was not ready after {_READY_SECONDS:.0f} s")

    def told(self) -> dict[str, Any]:
        """The numbers for the summary."""
        quantiles = {"p50_ms": 50, "p95_ms": 95, "p99_ms": 99}
        seen = {
            name: round(float(np.percentile(self.latencies, share)), 2) if self.latencies else None
            for name, share in quantiles.items()
        }
        return {
            "answered": len(self.answered),
            "refused": {str(status): count for status, count in self.refused.items()},
            "by_version": dict(sorted(self.versions.items())),
            **seen,
        }

    def _connected(self) -> http.client.HTTPConnection:
        parts = urlsplit(self.url)
        return http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=600)

    def _requests(self, day: date) -> Iterator[bytes]:
        table = self.lake.table(names.table_of(names.of_model(MODEL, names.FEATURES)))
        rows = table.read_arrow([day.isoformat()], columns=COLUMNS)
        for row in rows.to_pylist():
            yield json.dumps({"dataframe_records": [_plain(row)]}).encode()

    def _ask(self, connection: http.client.HTTPConnection, body: bytes) -> None:
        began = time.perf_counter()
        connection.request("POST", "/invocations", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != OK:
            self.refused[answer.status] += 1
            return
        self.latencies.append((time.perf_counter() - began) * 1000)
        self.answered.add(str(answer.headers["x-request-id"]))
        self.versions[str(answer.headers["x-model-version"])] += 1


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """JSON values: moments and days as ISO text, no number as null."""
    return {name: _json_value(value) for name, value in row.items()}


def _json_value(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return None if isinstance(value, float) and value != value else value
