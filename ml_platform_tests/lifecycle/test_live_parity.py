"""What the endpoint answered is scored again in batch, and one differing bit is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from dagster import (
    AssetSelection,
    Definitions,
    RunRequest,
    SkipReason,
    build_schedule_context,
    define_asset_job,
    in_process_executor,
)

from ml_platform.core import names
from ml_platform.core.log_record import LogRecord
from ml_platform.core.verdict import Verdict
from ml_platform.estimators.artifact import load_artifact
from ml_platform.lifecycle.check_history import Finding
from ml_platform.lifecycle.live_parity import live_parity_check, live_parity_schedule
from ml_platform.lifecycle.model import Model
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.spark.scoring import numpy_columns
from ml_platform_tests.end_to_end.loop import Loop
from ml_platform_tests.end_to_end.trained import DAY
from ml_platform_tests.lifecycle.test_request_log import a_request, answer

pytestmark = pytest.mark.usefixtures("spark")


@pytest.fixture
def requests(own: Loop, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the request logs of the loop."""
    folder = own.home / "request_log"
    monkeypatch.setenv("ML_PLATFORM_REQUEST_LOG", str(folder))
    return folder


def answered_now(loop: Loop, events: Sequence[dict[str, Any]]) -> LogRecord:
    """A request of this moment with the scores that the champion gives."""
    champion = loop.registry.champion(loop.model.name)
    assert champion is not None
    inputs = loop.model.inputs
    rows = pa.Table.from_pylist([{name: row[name] for name in inputs} for row in events])
    scores = load_artifact(champion.path).score(numpy_columns(rows, inputs))
    now = int(datetime.now(UTC).timestamp() * 1e6)
    return a_request(
        loop, events, scores=scores.tolist(), version=champion.version, received_at=now
    )


def judged(loop: Loop, model: Model | None = None) -> Finding:
    check = live_parity_check(model or loop.model)
    job = define_asset_job("parity", AssetSelection.checks(check), executor_def=in_process_executor)
    defs = Definitions(
        assets=loop.definitions.assets,
        asset_checks=[check],
        jobs=[job],
        resources=loop.definitions.resources,
    )
    ran = defs.resolve_job_def("parity").execute_in_process(
        instance=loop.instance,
        run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
    )
    assert ran.success
    return loop.finding(loop.model.path(names.REQUEST_LOG), names.LIVE_PARITY)


def test_answers_that_batch_would_give_as_well_pass_and_are_counted(
    own: Loop, requests: Path
) -> None:
    events = own.rows(f"{own.model.name}/features", DAY)[:60]
    answer(requests, answered_now(own, events))
    own.run_stages((names.REQUEST_LOG,))

    found = judged(own)

    assert found.verdict is Verdict.PASSED
    assert found.numbers == {"rows": 60, "different": 0}


def test_one_answer_that_differs_in_its_last_bit_fails_it(own: Loop, requests: Path) -> None:
    record = answered_now(own, own.rows(f"{own.model.name}/features", DAY)[:20])
    altered = [float(np.nextafter(record.scores[0], 1)), *record.scores[1:]]
    answer(requests, replace(record, scores=altered))
    own.run_stages((names.REQUEST_LOG,))

    found = judged(own)

    assert found.verdict is Verdict.FAILED
    assert found.numbers == {"rows": 20, "different": 1}


def test_where_there_is_nothing_to_compare_it_says_what_is_missing(
    own: Loop, requests: Path
) -> None:
    assert judged(own).verdict is Verdict.NOT_EVALUATED  # rows of batch alone

    answer(requests, answered_now(own, own.rows(f"{own.model.name}/features", DAY)[:5]))
    own.run_stages((names.REQUEST_LOG,))
    spec = own.model.spec
    redacting = spec.model_copy(
        update={
            "serving": spec.serving.model_copy(
                update={"log": spec.serving.log.model_copy(update={"redact": ("dest",)})}
            )
        }
    )
    assert judged(own, replace(own.model, spec=redacting)).verdict is Verdict.NOT_EVALUATED


def test_the_schedule_asks_daily_and_only_where_something_was_answered(
    own: Loop, requests: Path
) -> None:
    lake = LakeResource(root=str(own.home / "lake"))
    schedule = live_parity_schedule(own.model)

    def asked() -> Any:
        context = build_schedule_context(
            scheduled_execution_time=datetime.now(UTC) + timedelta(hours=1)
        )
        return schedule(context, lake=lake)

    assert isinstance(asked(), SkipReason)
    answer(requests, answered_now(own, own.rows(f"{own.model.name}/features", DAY)[:5]))
    own.run_stages((names.REQUEST_LOG,))
    assert isinstance(asked(), RunRequest)
