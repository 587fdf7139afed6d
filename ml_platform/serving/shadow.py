"""A version in the shadow scores what the champion answered; nobody waits for it or sees it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from dataclasses import replace

from ml_platform.core.errors import UserError
from ml_platform.core.log_record import SHADOW, LogRecord
from ml_platform.serving.durable_log import DurableLog
from ml_platform.serving.prediction import PredictionRequest
from ml_platform.serving.scoring import Scoring
from ml_platform.serving.served_model import ServedModel
from ml_platform.serving.service_metrics import ServiceMetrics

QUEUE = 256
"""Answers that wait for the shadow; of more than these it scores none, and each is counted."""
AT_ONCE = 32

_log = logging.getLogger(__name__)


class Shadow:
    """Scores answered requests once more, after their answers left."""

    def __init__(self, scoring: Scoring, log: DurableLog, metrics: ServiceMetrics) -> None:
        """Begin with nothing to do."""
        self._scoring, self._durable, self._metrics = scoring, log, metrics
        self._waiting: deque[tuple[ServedModel, LogRecord]] = deque()
        self._task: asyncio.Task[None] | None = None

    def cast(self, served: ServedModel, answered: LogRecord) -> None:
        """Have a version score an answered request when there is time for it."""
        if len(self._waiting) >= QUEUE:
            self._metrics.shadow_dropped(served.name)
            return
        self._waiting.append((served, answered))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
                await asyncio.gather(*(self._one(served, record) for served, record in batch))
        finally:
            self._task = None

    async def _one(self, served: ServedModel, answered: LogRecord) -> None:
        began = time.perf_counter()
        request = PredictionRequest(answered.columns, answered.rows, answered.extra)
        scoring = self._scoring.score(served, request)
        try:
            scored = await scoring
            record = replace(
                answered,
                version=served.version,
                role=SHADOW,
                scores=scored.scores,
                decisions=scored.decisions,
                threshold=served.model.threshold,
                latency_ms=(time.perf_counter() - began) * 1000,
            )
            await self._durable.append(record, served.serving.log)
        except Exception as error:  # of whatever kind: the next one may be scored
            self._metrics.shadow_dropped(served.name)
            unexpected = None if isinstance(error, UserError) else error
            _log.warning(
                *("%s: version %d in the shadow: %s", served.name, served.version, error),
                exc_info=unexpected,
            )
        finally:
            self._scoring.answered(scoring)
