"""What a shadow cannot score or log is counted and told, and the next answer is scored."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from ml_platform.core.log_record import LogRecord
from ml_platform.core.request_id import request_ids
from ml_platform.serving.durable_log import DurableLog
from ml_platform.serving.metric_families import SHADOW_DROPPED
from ml_platform.serving.metrics_folder import gather
from ml_platform.serving.scoring import Scoring
from ml_platform.serving.served_model import ServedModel, load_served_model
from ml_platform.serving.service_metrics import ServiceMetrics
from ml_platform.serving.shadow import AT_ONCE, QUEUE, Shadow
from ml_platform.stores.deployment import LiveVersion, model_folder
from ml_platform.stores.request_log.codec import decode
from ml_platform_tests.serving.failing_log import FailingLog
from ml_platform_tests.serving.toy_endpoint import MODEL, held, rows


def verified(name: str, live: LiveVersion) -> None:
    """Every version is taken as signed."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> ServedModel:
    root = tmp_path_factory.mktemp("shadow")
    return load_served_model(model_folder(root, MODEL), MODEL, held(root, 2), verified)


def answered(**columns: object) -> LogRecord:
    """What the champion answered to one row."""
    return LogRecord(
        request_id=request_ids(1)[0],
        client_request_id=None,
        model=MODEL,
        version=1,
        role="champion",
        received_at=time.time_ns() // 1000,
        columns={**rows(1), **columns},  # type: ignore[arg-type]
        extra={},
        scores=[0.5],
        decisions=[1],
        threshold=0.4,
        latency_ms=1.0,
        status="ok",
        sampling_weight=1.0,
        code_version="0",
    )


def cast(home: Path, served: ServedModel, store: FailingLog, *given: LogRecord) -> float:
    """Have a shadow score answers, until it has nothing to do; returns how many it dropped."""
    metrics = ServiceMetrics(home / "metrics")

    async def work() -> None:
        log = DurableLog(lambda: store, home / "key")
        shadow = Shadow(Scoring(metrics), log, metrics)
        for record in given:
            shadow.cast(served, record)
        while shadow._task is not None:
            await asyncio.sleep(0.001)
        await log.close()

    asyncio.run(work())
    counted = gather(home / "metrics").of(SHADOW_DROPPED.name)
    return sum(value for numbers in counted.values() for (value,) in numbers)


def test_one_that_cannot_be_logged_keeps_none_of_the_others_out(
    tmp_path: Path, served: ServedModel, caplog: pytest.LogCaptureFixture
) -> None:
    store, odd = FailingLog(), answered(distance=[{1, 2}])
    good = [answered() for _ in range(2 * AT_ONCE)]

    dropped = cast(tmp_path, served, store, *good[:AT_ONCE], odd, *good[AT_ONCE:])

    shadows = [decode(each.body) for batch in store.batches for each in batch]
    assert {each.request_id for each in shadows} == {each.request_id for each in good}
    assert {(each.version, each.role) for each in shadows} == {(2, "shadow")}
    assert dropped == 1
    assert "version 2 in the shadow" in caplog.text


def test_more_than_may_wait_are_left_out_and_counted(tmp_path: Path, served: ServedModel) -> None:
    store = FailingLog()
    assert cast(tmp_path, served, store, *(answered() for _ in range(QUEUE + 3))) == 3
    assert sum(map(len, store.batches)) == QUEUE
