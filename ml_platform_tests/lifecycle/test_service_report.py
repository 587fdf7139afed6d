"""The report says what the endpoint did by the hour, and holds it against what was promised."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from dagster import DagsterInstance, RunRequest, SkipReason, build_schedule_context

from ml_platform.core import names
from ml_platform.core.service_level.counters import Counters
from ml_platform.core.service_level.probe import Probe
from ml_platform.core.service_level.service_hour import hour_of
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.alert_sightings import told_checks
from ml_platform.lifecycle.service_report import service_report_schedule
from ml_platform.lifecycle.watched_checks import watched_checks
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.stores.probe_log import SCHEMA, ProbeLog
from ml_platform_tests.end_to_end.loop import Loop

REPORT = names.SERVICE_REPORT
CHECKS = (names.LATENCY_OBJECTIVE, names.AVAILABILITY_OBJECTIVE, names.ERROR_BUDGET)
HOUR = timedelta(hours=1)


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    with DagsterInstance.ephemeral() as instance:
        yield Loop(tmp_path, instance, {})


@pytest.fixture
def now() -> datetime:
    """When the test begins: when the file was read is long before, where a suite runs long."""
    return datetime.now(UTC)


def probed(loop: Loop, probes: Sequence[Probe]) -> None:
    table = loop.lake.table(loop.model.table(names.PROBES))
    table.append_arrow(pa.Table.from_pylist([each.to_row() for each in probes], schema=SCHEMA))


def looks(since: datetime, number: int, every: timedelta, bad: int = 0) -> list[Probe]:
    """Probes, the last of them failed, of an endpoint that answers 10 requests between two."""
    return [
        Probe(
            since + i * every,
            ok=i < number - bad,
            counters=Counters({"2xx": 10.0 * i, "5xx": 0.0}, {}, {0.01: 10.0 * i}),
        )
        for i in range(number)
    ]


def request(at: datetime, latency_ms: float, rows: int = 1, **other: Any) -> list[dict[str, Any]]:
    """The rows of one request as the inference log has them."""
    row = {
        "writer": "online:1",
        "role": "champion",
        "model_version": "3",
        "logged_at": at,
        "latency_ms": latency_ms,
        "sampling_weight": 1.0,
        "source": "online",
        "status": "ok",
        names.PARTITION: "2013-01-01",
    }
    return [row | other] * rows


def logged(loop: Loop, rows: Sequence[dict[str, Any]]) -> None:
    table = loop.lake.table(loop.model.table(names.INFERENCE_LOG))
    table.replace_arrow(pa.Table.from_pylist(list(rows)), ["2013-01-01"])


def verdicts(loop: Loop) -> dict[str, Verdict]:
    path = loop.model.path(REPORT)
    return {check: loop.finding(path, check).verdict for check in CHECKS}


def report(loop: Loop) -> list[dict[str, Any]]:
    assert loop.run_stages([REPORT]).success
    table = loop.lake.table(loop.model.table(REPORT))
    found = table.read_arrow().to_pylist() if table.exists() else []
    return sorted(found, key=lambda row: row["hour"])


def test_where_nothing_was_served_nothing_is_judged(loop: Loop) -> None:
    assert report(loop) == []
    assert set(verdicts(loop).values()) == {Verdict.NOT_EVALUATED}


def test_each_hour_has_its_requests_latencies_and_availability(loop: Loop, now: datetime) -> None:
    before, latest = hour_of(now) - HOUR, hour_of(now)
    minute = timedelta(minutes=1)
    probed(loop, looks(before - 5 * minute, 65, minute, bad=3))
    quick = [request(before + i * timedelta(seconds=1), 2 + i / 100) for i in range(200)]
    slow = [request(before, 90.0 + i, rows=50) for i in range(2)]
    logged(loop, [row for each in (*quick, *slow) for row in each] + request(latest, 5.0))
    first, second, third = report(loop)
    assert [row["hour"] for row in (first, second, third)] == [before - HOUR, before, latest]
    assert (first["probes"], first["requests"]) == (5, 50)
    assert (second["probes"], second["failed_probes"]) == (60, 3)
    assert second["availability"] == pytest.approx(0.95)
    assert (second["requests"], second["failed"], second["error_rate"]) == (590, 0, 0)
    assert (second["logged"], second["rows"]) == (202, 300)
    assert (second["p50_ms"], second["p99_ms"]) == (3.0, 3.99)
    assert second["slow_share"] == pytest.approx(2 / 202)
    assert second["counted_p99_ms"] == pytest.approx(9.9)
    assert (third["logged"], third["p99_ms"], third["availability"]) == (1, 5, None)


def test_rows_that_no_client_got_are_no_requests(loop: Loop, now: datetime) -> None:
    odd = [{"role": "shadow"}, {"status": "probe"}, {"source": "batch", "latency_ms": None}]
    rows = [row for other in odd for row in request(now, 70.0) for row in [row | other]]
    logged(loop, [*request(now, 4.0, model_version="4", role="challenger"), *rows])
    [hour] = report(loop)
    assert (hour["logged"], hour["p99_ms"]) == (1, 4)


def test_a_sampled_request_stands_for_those_that_were_not_logged(loop: Loop, now: datetime) -> None:
    rows = [*request(now, 4.0, sampling_weight=10.0), *request(now, 8.0)]
    logged(loop, rows)
    [hour] = report(loop)
    assert (hour["logged"], hour["rows"], hour["p50_ms"]) == (2, 11, 4)


def test_promises_that_are_kept_pass_and_broken_ones_fail(loop: Loop, now: datetime) -> None:
    every = timedelta(seconds=30)
    probed(loop, looks(now - 1200 * every, 1200, every))
    logged(loop, [row for i in range(150) for row in request(now - i * every, 3.0 + i / 1000)])
    report(loop)
    assert set(verdicts(loop).values()) == {Verdict.PASSED}
    probed(loop, [Probe(now - i * timedelta(seconds=1), ok=False) for i in range(20)])
    logged(loop, [row for i in range(150) for row in request(now - i * every, 30.0 + i)])
    report(loop)
    assert set(verdicts(loop).values()) == {Verdict.FAILED}


def test_hours_that_were_reported_stay_when_the_log_is_gone(loop: Loop, now: datetime) -> None:
    minute = timedelta(minutes=1)
    early = hour_of(now) - timedelta(days=3)
    table = loop.lake.table(loop.model.table(REPORT))
    probed(loop, looks(now - 30 * minute, 30, minute))
    [*_, last] = report(loop)
    old = pa.Table.from_pylist([{**last, "hour": early, "probes": 120}], schema=table.schema())
    table.replace_arrow(pa.concat_tables([old, table.read_arrow()]), None)
    found = report(loop)
    assert (found[0]["hour"], found[0]["probes"]) == (early, 120)
    assert found[-1] == last


def test_it_is_shown_in_numbers_and_as_a_picture(loop: Loop, now: datetime) -> None:
    logged(loop, request(now, 4.0))
    probed(loop, [Probe(now, ok=True)])
    done = loop.run_stages([REPORT])
    [made] = done.asset_materializations_for_node("flight_delay__service_report")
    assert made.metadata["p99_ms"].value == 4.0
    assert made.metadata["availability"].value == 1.0
    assert "data:image/png;base64," in str(made.metadata["hours"].value)


def test_a_broken_promise_is_told_to_people_and_never_asks_for_a_retraining(loop: Loop) -> None:
    seen_by_the_policy = {check for _, check, _, _ in watched_checks(loop.model)}
    told = {check for _, check, _, _ in told_checks([], [loop.model])}
    assert seen_by_the_policy.isdisjoint(CHECKS)
    assert told.issuperset(CHECKS)


def test_the_schedule_asks_for_a_report_where_the_last_hour_was_probed(
    loop: Loop, now: datetime
) -> None:
    schedule = service_report_schedule(loop.model)
    lake = LakeResource(root=str(loop.home / "lake"))
    at = hour_of(now) + timedelta(minutes=3)

    def asked() -> object:
        context = build_schedule_context(
            instance=loop.instance, scheduled_execution_time=at, resources={"lake": lake}
        )
        return schedule(context)

    assert isinstance(asked(), SkipReason)
    ProbeLog(loop.lake, loop.model.name).append(Probe(at - timedelta(minutes=30), ok=False))
    found = asked()
    assert isinstance(found, RunRequest)
    assert found.run_key == hour_of(now).isoformat()
