"""One call scores all requests that wait for a version.

The bits of a row do not depend on the rows beside it, and a call costs nearly the same for one
row as for thirty. Nothing waits for company where nobody is ahead: with one client every call has
one row. Who comes while others are scored and logged is in the next call, with all that came
meanwhile; so the calls, and the commits of the log that follow them, grow with the load by
themselves.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ml_platform.serving.prediction import PredictionRequest
from ml_platform.serving.served_model import ServedModel
from ml_platform.serving.service_metrics import ServiceMetrics


@dataclass(frozen=True, slots=True)
class Scored:
    """What one request's rows were given.

    Attributes:
        scores: one per row.
        decisions: one per row, or None where nothing is decided.
    """

    scores: list[float]
    decisions: list[int] | None


_Waiting = tuple[PredictionRequest, "asyncio.Future[Scored]"]


class Scoring:
    """Gathers the requests of one event loop and scores them on it."""

    def __init__(self, metrics: ServiceMetrics) -> None:
        """Begin with nobody waiting."""
        self._metrics = metrics
        self._waiting: dict[ServedModel, list[_Waiting]] = {}
        self._ahead: set[asyncio.Future[Scored]] = set()

    def score(self, served: ServedModel, request: PredictionRequest) -> asyncio.Future[Scored]:
        """Return the scores to come; give them to `answered` once the request is dealt with."""
        loop = asyncio.get_running_loop()
        if not self._waiting and not self._ahead:
            loop.call_soon(self._score_waiting)
        scored: asyncio.Future[Scored] = loop.create_future()
        self._waiting.setdefault(served, []).append((request, scored))
        return scored

    def answered(self, scored: asyncio.Future[Scored]) -> None:
        """Nobody waits for these scores or for their log any more, however that ended."""
        self._ahead.discard(scored)
        if self._waiting and not self._ahead:
            asyncio.get_running_loop().call_soon(self._score_waiting)

    def _score_waiting(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for served, requests in waiting.items():
            wanted = [each for each in requests if not each[1].done()]
            self._ahead.update(scored for _, scored in wanted)
            if wanted:
                self._score_together(served, wanted)

    def _score_together(self, served: ServedModel, waiting: Sequence[_Waiting]) -> None:
        try:
            answers = self._scored(served, [request for request, _ in waiting])
        except Exception as error:
            self._one_by_one(served, waiting, error)
            return
        for (_, scored), answer in zip(waiting, answers, strict=True):
            scored.set_result(answer)

    def _one_by_one(
        self, served: ServedModel, waiting: Sequence[_Waiting], error: Exception
    ) -> None:
        """One request is at fault: the others shall not suffer for it."""
        if len(waiting) > 1:
            for each in waiting:
                self._score_together(served, [each])
        else:
            waiting[0][1].set_exception(error)

    def _scored(self, served: ServedModel, requests: Sequence[PredictionRequest]) -> list[Scored]:
        model, metrics = served.model, self._metrics
        began = time.perf_counter()
        matrix = model.features(columns_of(served, requests))
        made = time.perf_counter()
        scores = model.score_features(matrix)
        decisions = model.decide(scores)
        done = time.perf_counter()
        metrics.stage(served.name, "features", made - began)
        metrics.stage(served.name, "predict", done - made)
        decided = None if decisions is None else decisions.tolist()
        return _split(scores.tolist(), decided, [request.rows for request in requests])


def columns_of(
    served: ServedModel, requests: Sequence[PredictionRequest]
) -> Mapping[str, Sequence[Any]]:
    """The rows of all requests, one after the other, in the columns the version reads."""
    if len(requests) == 1:
        return requests[0].columns
    return {
        name: [value for request in requests for value in request.columns[name]]
        for name in served.model.input_columns
    }


def _split(scores: list[float], decided: list[int] | None, rows: Sequence[int]) -> list[Scored]:
    answers, start = [], 0
    for count in rows:
        end = start + count
        answers.append(Scored(scores[start:end], None if decided is None else decided[start:end]))
        start = end
    return answers
