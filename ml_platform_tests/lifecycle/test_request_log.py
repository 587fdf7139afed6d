"""What the endpoint answered joins what batch scored: one table, and each event counted once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterRunStatus, SensorDefinition

from ml_platform.core import names
from ml_platform.core.errors import ConfigError
from ml_platform.core.log_record import LogRecord
from ml_platform.core.request_id import request_ids
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.request_log import (
    request_log_asset,
    request_log_sensor,
)
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.request_log.codec import encode
from ml_platform.stores.request_log.sqlite_writer import SqliteWriter
from ml_platform_tests.end_to_end.loop import MODEL, Loop
from ml_platform_tests.end_to_end.trained import DAY, lasting, succeeded
from ml_platform_tests.lifecycle.answered_flights import a_model
from ml_platform_tests.lifecycle.ticks import Ticks

KEY = ("flight_date", "carrier", "flight", "origin", "sched_dep_time")
INSIDE = "2013-01-07T15:00:00+00:00"


@pytest.fixture
def requests(own: Loop, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the request logs of the loop."""
    folder = own.home / "request_log"
    monkeypatch.setenv("ML_PLATFORM_REQUEST_LOG", str(folder))
    return folder


def a_request(loop: Loop, events: Sequence[dict[str, Any]], **given: Any) -> LogRecord:
    """A request for rows of the features table, as a client would send them."""
    inputs = list(loop.model.inputs)
    others = [name for name in KEY if name not in inputs]
    extra = {name: [_plain(row[name]) for row in events] for name in others}
    values: dict[str, Any] = {
        "request_id": request_ids(1)[0],
        "client_request_id": None,
        "model": MODEL,
        "version": 1,
        "role": "champion",
        "received_at": 1_357_500_000_000_000,
        "columns": {name: [row[name] for row in events] for name in inputs},
        "extra": extra | {"event_time": [INSIDE] * len(events)},
        "scores": [0.125] * len(events),
        "decisions": [0] * len(events),
        "threshold": 0.5,
        "latency_ms": 1.0,
        "status": "ok",
        "sampling_weight": 1.0,
        "code_version": "0.1.0",
    }
    return LogRecord(**{**values, **given})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def answer(folder: Path, *records: LogRecord) -> None:
    writer = SqliteWriter(folder, MODEL)
    writer.append([encode(record) for record in records])
    writer.close()


def test_answers_and_batch_rows_lie_in_one_table_whichever_came_first(
    own: Loop, requests: Path, spark: Any
) -> None:
    log = own.lake.table(own.model.table(names.INFERENCE_LOG))
    by_batch, features = log.schema(), own.rows(f"{MODEL}/features", DAY)
    log.root.rename(own.home / "as_it_was")
    answer(requests, a_request(own, features[:40]))

    succeeded(own.run_stages((names.REQUEST_LOG,)))
    assert log.schema() == by_batch, "what the endpoint writes first fits what batch writes"
    succeeded(own.run_stages((names.INFERENCE_LOG,), day=DAY))

    rows = own.rows(log.name, DAY)
    assert Counter(row["source"] for row in rows) == {"online": 40, "batch": len(features)}
    digests: dict[Any, set[str]] = {}
    for row in rows:
        digests.setdefault(tuple(row[name] for name in KEY), set()).add(row["feature_digest"])
    assert all(len(found) == 1 for found in digests.values()), "in batch and online alike"


def test_batch_rows_lie_beside_answers_with_redacted_inputs(own: Loop, requests: Path) -> None:
    serving = {"serving": {"log": {"redact": ["temp"]}}}
    loop = own.having(changes={MODEL: {**own.changes[MODEL], **serving}})
    features = loop.rows(f"{MODEL}/features", DAY)
    columns = {name: [row[name] for row in features[:5]] for name in loop.model.inputs}
    answer(requests, a_request(loop, features[:5], columns=columns | {"temp": ["digest"] * 5}))
    log = loop.lake.table(loop.model.table(names.INFERENCE_LOG))
    log.clear([DAY])

    succeeded(loop.run_stages((names.REQUEST_LOG,)))
    succeeded(loop.run_stages((names.INFERENCE_LOG,), day=DAY))

    rows = loop.rows(log.name, DAY)
    assert len(rows) == len(features) + 5
    for row in rows:
        online = row["source"] == "online"
        assert row["redacted"] == ([("temp", "digest")] if online else None)
        assert not (online and row["features"]["temp"])


def test_the_stage_moves_all_and_its_checks_say_so(own: Loop, requests: Path) -> None:
    features = own.rows(f"{MODEL}/features", DAY)
    answer(requests, a_request(own, features[:3]), a_request(own, features[3:5]))
    path = own.model.path(names.REQUEST_LOG)

    succeeded(own.run_stages((names.REQUEST_LOG,)))
    moved = own.finding(path, names.MOVED_ONCE)
    lag = own.finding(path, names.LOG_LAG)
    assert moved.verdict is Verdict.PASSED
    assert moved.numbers["found"] == moved.numbers["logged"] == 5
    assert lag.verdict is Verdict.FAILED, "these were answered in 2013"
    assert list((requests / MODEL).iterdir()) == []

    succeeded(own.run_stages((names.REQUEST_LOG,)))
    for check in (names.MOVED_ONCE, names.LOG_LAG):
        assert own.finding(path, check).verdict is Verdict.NOT_EVALUATED


def test_the_sensor_asks_for_one_run_at_a_time_and_only_where_something_waits(
    own: Loop, requests: Path
) -> None:
    sensor: SensorDefinition = request_log_sensor(own.model)
    lake = LakeResource(root=str(own.home / "lake"))
    ticks = Ticks(sensor, own.instance, {"lake": lake})
    move_every = own.model.spec.serving.log.move_every
    assert sensor.minimum_interval_seconds == move_every.total_seconds()
    assert ticks.next() == ([], "no answered request waits to be moved")

    answer(requests, a_request(own, own.rows(f"{MODEL}/features", DAY)[:3]))
    [asked], _ = ticks.next()
    job = own.definitions.resolve_job_def("everything")
    run = own.instance.create_run_for_job(job, tags=asked.tags, status=DagsterRunStatus.STARTED)
    assert ticks.next() == ([], "requests are being moved")
    own.instance.report_run_failed(run)
    assert len(ticks.next()[0]) == 1

    succeeded(own.run_stages((names.REQUEST_LOG,)))
    assert ticks.next()[0] == []


def test_performance_counts_an_event_once_as_it_was_answered_first(
    own: Loop, requests: Path
) -> None:
    features = own.rows(f"{MODEL}/features", DAY)
    before = _day(own)
    shadow = a_request(own, features, role="shadow", scores=[1.0] * len(features))
    # Asked long before batch scored them, each with the worst answer there is, and asked again.
    known = [row for row in own.rows(f"{MODEL}/labels", DAY) if row["label"] is not None]
    labels = {tuple(row[k] for k in KEY): row["label"] for row in known}
    labelled = [row for row in features if tuple(row[k] for k in KEY) in labels][:100]
    worst = [1.0 - labels[tuple(row[k] for k in KEY)] for row in labelled]
    answer(requests, shadow, a_request(own, labelled, scores=worst))
    later = {"received_at": 1_357_600_000_000_000, "scores": [0.5] * len(labelled)}
    answer(requests, a_request(own, labelled, **later))

    estimated = own.model.table(names.ESTIMATED_PERFORMANCE)
    estimate = lasting(own.rows(estimated, DAY))

    succeeded(own.run_stages((names.REQUEST_LOG,)))
    succeeded(own.run_stages((names.ESTIMATED_PERFORMANCE, names.PERFORMANCE), day=DAY))

    after = _day(own)
    assert lasting(own.rows(estimated, DAY)) == estimate, "of each event once, as batch scored it"
    assert after["labelled_rows"] == before["labelled_rows"]
    assert after["coverage"] == before["coverage"]
    log = {
        tuple(r[k] for k in KEY): r
        for r in own.rows(f"{MODEL}/inference_log", DAY)
        if r["source"] == "batch"
    }
    gain = [
        (1.0 - (log[key]["score"] - labels[key]) ** 2)
        for key in (tuple(row[k] for k in KEY) for row in labelled)
    ]
    rows = before["labelled_rows"]
    assert after["value"] == pytest.approx(before["value"] + sum(gain) / rows)


def _day(loop: Loop) -> dict[str, Any]:
    [row] = [
        row
        for row in loop.rows(loop.model.table(names.PERFORMANCE), DAY)
        if row["metric"] == "brier" and row["window"] == "day" and not row["segment"]
    ]
    return row


@pytest.mark.parametrize(
    ("column", "why"), [("flight", "part of the key"), ("price", "inputs are carrier, distance")]
)
def test_only_inputs_that_labels_are_not_matched_by_can_be_redacted(column: str, why: str) -> None:
    with pytest.raises(ConfigError, match=rf'serving.log.redact: "{column}".*{why}'):
        request_log_asset(a_model(redact=[column]))
