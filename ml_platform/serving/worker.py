"""One worker process: its models, their logs, its numbers."""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import ml_platform
from ml_platform.serving.access import Access
from ml_platform.serving.durable_log import DurableLog
from ml_platform.serving.errors import NotReady
from ml_platform.serving.lean_xgboost import import_xgboost
from ml_platform.serving.live_models import LiveModels
from ml_platform.serving.pipeline import Pipeline
from ml_platform.serving.reload import LOOK_SECONDS, Reload
from ml_platform.serving.service_metrics import ServiceMetrics
from ml_platform.stores.signatures import SignatureKeys

if TYPE_CHECKING:
    from ml_platform.stores.deployment import LiveVersion

TURN_SECONDS = 0.0005

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """What a worker is told when it starts; the same for all workers of an endpoint.

    Attributes:
        serving_root: what is to be served.
        request_log: folder or database of the request logs.
        redaction_key: file of the key that personal data is digested with.
        metrics_folder: where all workers count.
        asked: the models to serve.
        everything: serve all that is published too.
        tokens: file of the tokens that are let in; None lets everybody in.
        verify_key: public key that every version must be signed for; None asks for no signature.
    """

    serving_root: Path
    request_log: str
    redaction_key: Path
    metrics_folder: Path
    asked: tuple[str, ...] = ()
    everything: bool = False
    tokens: Path | None = None
    verify_key: Path | None = None


class Worker:
    """What one process holds while it serves."""

    def __init__(self, settings: WorkerSettings) -> None:
        """Open the counters; models are loaded by `start`."""
        self.settings = settings
        self.metrics = ServiceMetrics(settings.metrics_folder)
        self.models = LiveModels(settings.asked)
        self.access = Access(settings.tokens)
        self._pipelines: dict[str, Pipeline] = {}
        self._reload = Reload(
            settings.serving_root,
            self.models,
            settings.asked,
            settings.everything,
            self._verify,
            self.metrics,
        )
        self._watching: asyncio.Task[None] | None = None

    @property
    def metrics_folder(self) -> Path:
        """Where all workers of the endpoint count."""
        return self.settings.metrics_folder

    async def start(self) -> None:
        """Load every model there is and open its log, then keep up with changes."""
        # A version that is loaded in a thread shall not hold up answers by Python's 5 ms a turn.
        sys.setswitchinterval(TURN_SECONDS)
        import_xgboost()
        self._reload.look()
        for name in self.models.names:
            self._open(name)
        # What is loaded now lives as long as the process: no collection needs to walk it.
        gc.collect()
        gc.freeze()
        self._watching = asyncio.create_task(self._keep_up())

    async def stop(self) -> None:
        """Close the logs; what was answered is in them."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        for pipeline in self._pipelines.values():
            await pipeline.log.close()
        self.metrics.close()

    def pipeline(self, model: str) -> Pipeline:
        """The pipeline of a model.

        Raises:
            NotReady: it was published this moment, and its log is not open yet.
        """
        try:
            return self._pipelines[model]
        except KeyError:
            raise NotReady(f"the request log of {model} is not open yet") from None

    async def _keep_up(self) -> None:
        """Follow the deployment folder until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await asyncio.to_thread(self._reload.look)
                for name in self.models.names:
                    self._open(name)
                self._tell_of_logs()
            except Exception:  # of whatever kind: the next look may do, and what is live goes on
                _log.exception("the deployment folder could not be followed")

    def _tell_of_logs(self) -> None:
        logs = [pipeline.log for pipeline in self._pipelines.values()]
        oldest = max((log.oldest_seconds for log in logs), default=0.0)
        self.metrics.log_queue(sum(log.waiting for log in logs), oldest)

    def _open(self, model: str) -> None:
        """Open the log of a model, once; one that cannot be opened now is tried by itself."""
        if model in self._pipelines:
            return
        log = DurableLog.open(self.settings.request_log, model, self.settings.redaction_key)
        self._pipelines[model] = Pipeline(log, self.metrics, ml_platform.__version__)

    def not_ready(self) -> list[str]:
        """Why requests cannot be answered now; empty where they can.

        An endpoint of named models is ready once all of them have a champion. One of all models
        is ready with the first: a model that was never promoted keeps nobody from the others.
        """
        reasons = list(self.models.reasons.values())
        if not self.models.names:
            reasons.append("no model is published yet")
        if self.settings.everything and len(reasons) < len(self.models.names):
            reasons = []
        troubles = [pipeline.log.trouble for pipeline in self._pipelines.values()]
        return reasons + [trouble for trouble in troubles if trouble is not None]

    def not_ready_for(self, model: str) -> str | None:
        """Why a model cannot answer now, or None where it can."""
        if model in self.models.reasons:
            return self.models.reasons[model]
        pipeline = self._pipelines.get(model)
        return pipeline.log.trouble if pipeline else f"the request log of {model} is not open yet"

    def _verify(self, model: str, live: LiveVersion) -> None:
        """Refuse a version that is not signed, where that is asked for."""
        keys = SignatureKeys(verifying=self.settings.verify_key)
        keys.require(model, live.version, live.manifest_sha256, live.signature)
