"""People are told of a trouble once, and when it is over; of a run that broke, with its words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from dagster import (
    AssetCheckEvaluation,
    AssetCheckResult,
    AssetCheckSpec,
    AssetKey,
    DagsterEvent,
    DagsterEventType,
    DagsterInstance,
    JobDefinition,
    MaterializeResult,
    asset,
    job,
    materialize,
)

from ml_platform.core import names
from ml_platform.core.checks.catalogue import named
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.lifecycle import alert_sightings
from ml_platform.lifecycle.alert_sightings import told_checks
from ml_platform.lifecycle.alerts import alerts_sensor
from ml_platform.lifecycle.check_history import EVENTS_AGAIN
from ml_platform.lifecycle.watched_checks import watched_checks
from ml_platform.resources.alerts_resource import AlertsResource
from ml_platform.resources.lake_resource import LakeResource
from ml_platform_tests.end_to_end.loop import MODEL, TABLES, Loop
from ml_platform_tests.end_to_end.trained import DAY
from ml_platform_tests.lifecycle.ticks import Ticks

READABLE = f"check/weather/raw/readable/{DAY}"
NOW = datetime.now(UTC)
DOWN = "json://127.0.0.1:9/hook"


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    with DagsterInstance.ephemeral() as instance:
        yield Loop(tmp_path, instance, {})


def ticks_of(loop: Loop, *ops: str) -> Ticks:
    kept = str(loop.home / "alerts.jsonl")
    resources = {
        "lake": LakeResource(root=str(loop.home / "lake")),
        "alert_channels": AlertsResource(urls={"ops": list(ops)}, file=kept),
    }
    sources = [loop.source(table) for table in TABLES]
    sensor = alerts_sensor(sources, [loop.model], timedelta(days=1), 30)
    return Ticks(sensor, loop.instance, resources)


def alerts(loop: Loop) -> list[dict[str, Any]]:
    kept = loop.home / "alerts.jsonl"
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


def test_every_check_that_decisions_are_made_from_is_told(loop: Loop) -> None:
    sources = [loop.source(table) for table in TABLES]
    told = {(asset, check) for asset, check, _, _ in told_checks(sources, [loop.model])}

    decided = {(asset, check) for asset, check, _, _ in watched_checks(loop.model)}
    assert {named(check).told_by for _, check in decided - told} == {"the checks that it sums up"}


def test_a_failed_check_is_told_once_and_its_end_once(loop: Loop, trained: Loop) -> None:
    ticks = ticks_of(loop)
    loop.land("weather", DAY, "")
    loop.ingest("weather", day=DAY)
    about = f"weather/raw: readable on {DAY}"
    assert ticks.next()[1] == f"1 alert sent ({about}), 1 trouble open"
    assert ticks.next()[1] == f"0 alerts sent, 1 trouble open ({about})"
    good = trained.landing_root / "weather" / f"{DAY}.csv"
    loop.land("weather", DAY, good.read_bytes())
    assert loop.ingest("weather", day=DAY).success
    ticks.next()
    [told, over] = [alert for alert in alerts(loop) if alert["key"] == READABLE]
    assert (told["occasion"], told["severity"]) == ("new", "critical")
    assert "2013-01-07.csv was not taken in: the file is empty" in told["body"]
    assert over["occasion"] == "recovered"
    ticks.next()
    assert len([alert for alert in alerts(loop) if alert["key"] == READABLE]) == 2


def test_a_run_that_broke_is_told_in_its_own_words(loop: Loop) -> None:
    cut_off = loop.having(registry_uri="http://127.0.0.1:9")
    cut_off.run_stages((names.PREDICTIONS,), day=DAY)
    ticks = ticks_of(loop)
    ticks.next()
    [alert] = alerts(loop)
    assert alert["title"] == f"{MODEL}/predictions on {DAY} failed"
    assert "the model registry at http://127.0.0.1:9 cannot be reached" in alert["body"]
    assert [(each["channel"], each["ok"]) for each in alert["deliveries"]] == [("ops", True)]
    ticks.next()
    assert len(alerts(loop)) == 1


def test_a_run_of_something_else_ends_no_trouble(loop: Loop) -> None:
    @job
    def broken() -> None: ...

    @job
    def healthy() -> None: ...

    def ended(of: JobDefinition, day: str, well: bool) -> None:
        run = loop.instance.create_run_for_job(of, tags={"dagster/partition": day})
        event = DagsterEventType.RUN_SUCCESS if well else DagsterEventType.RUN_FAILURE
        loop.instance.report_dagster_event(DagsterEvent(event.value, of.name), run.run_id)

    ticks = ticks_of(loop)
    ended(broken, DAY, well=False)
    ticks.next()
    for other, day in ((healthy, DAY), (broken, "2013-01-08")):
        ended(other, day, well=True)
        assert "1 trouble open" in ticks.next()[1]
    ended(broken, DAY, well=True)
    ticks.next()
    assert [alert["occasion"] for alert in alerts(loop)] == ["new", "recovered"]


def test_a_run_that_a_stop_ended_is_not_told_and_its_retry_that_fails_is(loop: Loop) -> None:
    @job
    def work() -> None: ...

    def failed(tags: dict[str, str]) -> str:
        run = loop.instance.create_run_for_job(work, tags=tags)
        if not tags:
            tags[names.TAG_ENDED_BY_SHUTDOWN] = run.run_id
            loop.instance.add_run_tags(run.run_id, tags)
        event = DagsterEvent(DagsterEventType.RUN_FAILURE.value, work.name)
        loop.instance.report_dagster_event(event, run.run_id)
        return run.run_id

    ticks = ticks_of(loop)
    tags: dict[str, str] = {}
    failed(tags)
    ticks.next()
    assert alerts(loop) == []
    failed(tags)  # as Dagster retries it: with the tags of the run before
    ticks.next()
    assert [alert["title"] for alert in alerts(loop)] == ["materialisation of work failed"]


def promoted(loop: Loop, number: int, at: datetime = NOW) -> None:
    entry = LedgerEntry(f"entry-{number}", MODEL, at, DAY, EntryKind.PROMOTION, verdict="promoted")
    loop.ledger.append(entry)


def test_what_becomes_visible_after_something_newer_is_told_all_the_same(loop: Loop) -> None:
    ticks = ticks_of(loop)
    promoted(loop, 1)
    ticks.next()
    promoted(loop, 2)
    promoted(loop, 3, NOW - timedelta(minutes=9))
    ticks.next()
    ticks.next()
    told = [alert["key"] for alert in alerts(loop)]
    assert sorted(told) == [f"ledger/{MODEL}/entry-{number}" for number in (1, 2, 3)]


def test_every_day_of_a_long_range_is_told(loop: Loop) -> None:
    days = [str(datetime(2013, 1, 1) + timedelta(days=day))[:10] for day in range(120)]
    for day in days:
        evaluation = AssetCheckEvaluation(
            AssetKey(list(names.validated("weather"))), names.CONTRACT, False, {}, partition=day
        )
        loop.instance.report_runless_asset_event(evaluation)
    ticks = ticks_of(loop)
    assert ticks.next()[1].startswith("120 alerts sent (")
    assert ticks.next()[1].startswith("0 alerts sent, 120 troubles open (")
    told = {alert["key"].rpartition("/")[2] for alert in alerts(loop)}
    assert told == set(days)


def test_a_tick_reads_what_was_found_since_however_much_was_found_before(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def found(day: int) -> None:
        evaluation = AssetCheckEvaluation(
            AssetKey(list(names.validated("weather"))),
            names.CONTRACT,
            False,
            {},
            partition=str(day),
        )
        loop.instance.report_runless_asset_event(evaluation)

    read: list[int] = []
    reads = alert_sightings.findings_after
    monkeypatch.setattr(
        alert_sightings,
        "findings_after",
        lambda *asked: [read.append(event) or (event, each) for event, each in reads(*asked)],
    )
    for day in range(300):
        found(day)
    ticks = ticks_of(loop)
    ticks.next()
    found(300)
    read.clear()
    told = "1 alert sent (weather/validated: contract on 300), 301 troubles open"
    assert ticks.next()[1] == told
    assert len(read) <= EVENTS_AGAIN + 1


def test_more_than_one_tick_can_read_is_told_on_the_next(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_sightings, "_CHECKS_READ", EVENTS_AGAIN + 10)
    for day in range(EVENTS_AGAIN + 25):
        evaluation = AssetCheckEvaluation(
            AssetKey(list(names.validated("weather"))),
            names.CONTRACT,
            False,
            {},
            partition=str(day),
        )
        loop.instance.report_runless_asset_event(evaluation)
    ticks = ticks_of(loop)
    told = [ticks.next()[1].partition(" ")[0] for _ in range(4)]
    assert told == ["60", "10", "5", "0"]


def test_what_the_former_release_remembered_is_gone_on_from(loop: Loop) -> None:
    contract = AssetKey(list(names.validated("weather")))
    for day in ("2013-01-01", "2013-01-02"):
        loop.instance.report_runless_asset_event(
            AssetCheckEvaluation(contract, names.CONTRACT, False, {}, partition=day)
        )
    ticks = ticks_of(loop)
    ticks.next()
    kept = json.loads(ticks.cursor or "")
    del kept["event"]
    ticks.cursor = json.dumps(kept)
    assert ticks.next()[1].startswith("0 alerts sent, 2 troubles open (weather/validated: contract")


def test_a_cancelled_run_is_told(loop: Loop) -> None:
    @job
    def nothing() -> None: ...

    loop.instance.report_run_canceled(loop.instance.create_run_for_job(nothing))
    ticks = ticks_of(loop)
    ticks.next()
    ticks.next()
    [alert] = alerts(loop)
    assert (alert["title"], alert["severity"]) == (
        "materialisation of nothing was cancelled",
        "warning",
    )


def test_a_retraining_without_enough_rows_is_told_by_its_check(loop: Loop) -> None:
    path = AssetKey(list(loop.model.path(names.TRAINING_SET)))

    @asset(key=path, check_specs=[AssetCheckSpec(names.ENOUGH_ROWS, asset=path, blocking=True)])
    def training_set() -> MaterializeResult:
        short = AssetCheckResult(
            passed=False, check_name=names.ENOUGH_ROWS, description="7 rows to learn from"
        )
        return MaterializeResult(check_results=[short])

    assert not materialize([training_set], instance=loop.instance, raise_on_error=False).success
    ticks_of(loop).next()
    [alert] = alerts(loop)
    assert (alert["title"], alert["body"]) == (
        "flight_delay/training_set: enough rows",
        "7 rows to learn from",
    )
    assert (alert["severity"], alert["model"]) == ("error", MODEL)


def test_only_a_channel_that_failed_is_tried_again_and_not_for_ever(loop: Loop) -> None:
    told_twice = loop.having(changes={MODEL: {"alerts": ["ops", "desk"]}})
    ticks = ticks_of(told_twice, DOWN)
    promoted(loop, 1)
    told = "1 alert sent (flight_delay: promoted ()), 0 troubles open, 1 to be sent again"
    assert ticks.next()[1] == told
    for _ in range(6):
        ticks.next()
    deliveries = [each for alert in alerts(loop) for each in alert["deliveries"]]
    outcomes = sorted((each["channel"], each["ok"]) for each in deliveries)
    assert outcomes == [("desk", True), *[("ops", False)] * 5]


def test_a_memory_of_another_version_does_not_silence_the_alerts(loop: Loop) -> None:
    ticks = ticks_of(loop)
    ticks.cursor = '["2013-01-01T00:00:00Z", {}]'
    promoted(loop, 1, datetime.now(UTC))
    assert ticks.next()[1] == "1 alert sent (flight_delay: promoted ()), 0 troubles open"
