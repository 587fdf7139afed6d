"""From a checked request to its logged answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from ml_platform.core.log_record import OK, LogRecord
from ml_platform.serving.durable_log import DurableLog
from ml_platform.serving.errors import Overloaded
from ml_platform.serving.live_models import LiveModel
from ml_platform.serving.prediction import Prediction, PredictionRequest
from ml_platform.serving.probing import STATUS as PROBE
from ml_platform.serving.routing import Routed
from ml_platform.serving.scoring import Scored, Scoring
from ml_platform.serving.served_model import ServedModel
from ml_platform.serving.service_metrics import ServiceMetrics
from ml_platform.serving.shadow import Shadow


class Pipeline:
    """Answers the requests to one model. Belongs to one event loop."""

    def __init__(self, log: DurableLog, metrics: ServiceMetrics, code_version: str) -> None:
        """Begin without requests.

        Args:
            log: takes the record of each answer before it leaves.
            metrics: told how long each stage took.
            code_version: of this package, for the log.
        """
        self.log = log
        self._metrics, self._code_version = metrics, code_version
        self._scoring = Scoring(metrics)
        self._shadow = Shadow(Scoring(metrics), log, metrics)
        self._in_flight = 0

    @contextmanager
    def place(self, most: int) -> Iterator[None]:
        """Take one of the places of this model, from a request's head until its answer.

        A body takes memory before it is parsed, so a request counts before its body is read.

        Args:
            most: places there are, as the champion declares.

        Raises:
            Overloaded: all are taken.
        """
        if self._in_flight >= most:
            raise Overloaded(f"{most} requests are in work already")
        self._in_flight += 1
        try:
            yield
        finally:
            self._in_flight -= 1

    async def predict(
        self, live: LiveModel, request: PredictionRequest, routed: Routed, arrived: float
    ) -> Prediction:
        """Score a request, put it in the log, and return the answer.

        Args:
            live: the model's versions, taken once for this request.
            request: checked against the model's contract.
            routed: which of the versions answers it.
            arrived: `time.perf_counter()` when the request came.

        Raises:
            LogUnavailable: the answer cannot be logged, so there is none.
        """
        request_id, served, role = routed.request_id, routed.served, routed.role
        scoring = self._scoring.score(served, request)
        try:
            scored = await scoring
            record = self._record(request_id, served, role, request, scored, arrived)
            logged = await self._append(record, served)
        finally:
            self._scoring.answered(scoring)
        if logged and not request.probe:
            self._cast_shadow(live, record)
        return Prediction(
            request_id=request_id,
            model=live.name,
            version=served.version,
            role=role,
            scores=scored.scores,
            decisions=scored.decisions,
            threshold=served.model.threshold,
            rows=request.rows,
            latency_ms=(time.perf_counter() - arrived) * 1000,
        )

    def _cast_shadow(self, live: LiveModel, record: LogRecord) -> None:
        if live.challenger is not None and live.challenger.in_shadow:
            self._shadow.cast(live.challenger.served, record)

    async def _append(self, record: LogRecord, served: ServedModel) -> bool:
        """Log the record unless the declared sampling leaves it out; say whether it is logged."""
        began = time.perf_counter()
        logged = await self.log.append(record, served.serving.log)
        self._metrics.stage(served.name, "log", time.perf_counter() - began)
        return logged

    def _record(
        self,
        request_id: str,
        served: ServedModel,
        role: str,
        request: PredictionRequest,
        scored: Scored,
        arrived: float,
    ) -> LogRecord:
        elapsed = time.perf_counter() - arrived
        return LogRecord(
            request_id=request_id,
            client_request_id=request.client_request_id,
            model=served.name,
            version=served.version,
            role=role,
            received_at=int((time.time() - elapsed) * 1e6),
            columns=request.columns,
            extra=request.extra,
            scores=scored.scores,
            decisions=scored.decisions,
            threshold=served.model.threshold,
            latency_ms=elapsed * 1000,
            status=PROBE if request.probe else OK,
            sampling_weight=1.0,
            code_version=self._code_version,
        )
