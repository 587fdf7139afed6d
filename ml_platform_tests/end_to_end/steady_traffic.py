"""Requests that go on while something else is done, each answer checked by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread

import httpx
import numpy as np

from ml_platform.estimators.input_columns import one_form
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform_tests.serving.toy_endpoint import INPUTS, invocation, rows

ROWS = 3


@dataclass(frozen=True)
class Answer:
    """One answer: by whom, when, to which key, and whether it is that version's own."""

    version: int
    role: str
    key: int
    sent: float
    came: float
    own: bool


@dataclass
class SteadyTraffic:
    """One client that asks again as soon as it was answered.

    Keys go round: the same few hundred customers come back again and again.
    """

    url: str
    models: Mapping[int, ScoringModel]
    keys: int = 300
    answers: list[Answer] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    _stop: Event = field(default_factory=Event)

    def ask(self, client: httpx.Client, number: int) -> None:
        """Send one request and check its answer."""
        columns, key = rows(ROWS, seed=number), number % self.keys
        began = time.monotonic()
        body = invocation({**columns, "flight": [str(key)] * ROWS})
        response = client.post(f"{self.url}/invocations", json=body)
        came = time.monotonic()
        if response.status_code != 200:
            self.failed.append(response.text)
            return
        version = int(response.headers["x-model-version"])
        expected = self.models[version].score(one_form(_arrays(columns), INPUTS))
        said = response.json()
        scores = np.array([each["score"] for each in said["predictions"]])
        own = said["model_version"] == version and np.array_equal(scores, expected)
        role = response.headers["x-model-role"]
        self.answers.append(Answer(version, role, key, began, came, own))

    def send(self, count: int) -> list[Answer]:
        """Send so many requests and return their answers."""
        before = len(self.answers)
        with httpx.Client() as client:
            for number in range(before, before + count):
                self.ask(client, number)
        return self.answers[before:]

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Send without a pause."""
        self._stop.clear()
        thread = Thread(target=self._go_on)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _go_on(self) -> None:
        with httpx.Client() as client:
            while not self._stop.is_set():
                self.ask(client, len(self.answers))

    def last_by(self, version: int) -> float:
        """When the last request was sent that a version answered."""
        return max(each.sent for each in self.answers if each.version == version)


def _arrays(columns: Mapping[str, list[object]]) -> dict[str, np.ndarray]:
    made = {name: np.array(values, dtype=object) for name, values in columns.items()}
    made["distance"] = made["distance"].astype(float)
    made["sched_dep_time"] = made["sched_dep_time"].astype(np.int64)
    made["at"] = made["at"].astype("datetime64[us]")
    return made
