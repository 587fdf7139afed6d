"""A table that falls behind is told of although nothing runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import AssetSelection, DagsterInstance, SensorResult, build_sensor_context, materialize

from ml_platform.core import names
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.alerts import alerts_sensor
from ml_platform.lifecycle.check_history import Finding, findings
from ml_platform.lifecycle.freshness import freshness_checks, freshness_sensor, watched_tables
from ml_platform.resources.alerts_resource import AlertsResource
from ml_platform.resources.lake_resource import LakeResource
from ml_platform_tests.end_to_end.loop import TABLES, Loop
from ml_platform_tests.lifecycle.ticks import Ticks

WEATHER = names.landing("weather")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


class Clock:
    """Time that a test moves."""

    now = BEGIN

    def __call__(self) -> float:
        return self.now


class Looks:
    """The sensor as the daemon runs it: what it reports is recorded."""

    def __init__(self, loop: Loop) -> None:
        self.loop, self.clock, self.cursor = loop, Clock(), ""
        sources = [loop.source(table) for table in TABLES]
        self.watched = watched_tables(sources, [loop.model])
        self.sensor = freshness_sensor(self.watched, 30, self.clock)
        self.lake = LakeResource(root=str(loop.home / "lake"))

    def next(self) -> tuple[int, str]:
        """How many checks one look reports, and what it says."""
        context = build_sensor_context(
            instance=self.loop.instance, cursor=self.cursor, resources={"lake": self.lake}
        )
        seen = self.sensor(context)
        assert isinstance(seen, SensorResult)
        self.cursor = seen.cursor or ""
        for event in seen.asset_events:
            self.loop.instance.report_runless_asset_event(event)
        said = seen.skip_reason.skip_message if seen.skip_reason else None
        return len(seen.asset_events), said or ""


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    with DagsterInstance.ephemeral() as instance:
        yield Loop(tmp_path, instance, {})


def land(loop: Loop, table: str, *days: int) -> None:
    for day in days:
        loop.land(table, f"2013-01-{day:02}", "x\n1\n")


def newest(loop: Loop, table: str = "weather") -> Finding:
    return findings(loop.instance, names.landing(table), names.FRESHNESS, 10)[0]


def test_nothing_is_told_before_there_is_a_clock(loop: Loop) -> None:
    looks = Looks(loop)

    assert looks.next()[0] == 0
    land(loop, "flights", 1)
    assert looks.next()[0] == 2


def test_a_table_that_keeps_up_is_told_once(loop: Loop) -> None:
    land(loop, "flights", 1, 2, 3)
    land(loop, "weather", 1, 2, 3)
    land(loop, "outcomes", 1, 2)
    looks = Looks(loop)

    assert [looks.next()[0] for _ in range(3)] == [3, 0, 0]
    assert newest(loop).verdict is Verdict.PASSED
    assert newest(loop, "outcomes").sentence == (
        "landed through 2013-01-02, 1 day behind: weather has landed through 2013-01-03 "
        "(2 days allowed)"
    )


def test_a_table_that_falls_behind_pages_though_nothing_runs_and_its_end_is_told(
    loop: Loop,
) -> None:
    looks = Looks(loop)
    land(loop, "flights", 1, 2, 3)
    land(loop, "weather", 1, 2, 3)
    land(loop, "outcomes", 1, 2, 3)
    looks.next()
    land(loop, "flights", 4, 5)

    # One day lands after the other: what is late on one look only is no news.
    assert looks.next()[0] == 0
    assert looks.next() == (1, "weather late")
    assert newest(loop).verdict is Verdict.FAILED
    assert "2 days behind: flights has landed through 2013-01-05" in newest(loop).sentence
    told = alerts(loop)
    assert told.next()[1] == "1 alert sent (weather/landing: freshness), 1 trouble open"

    land(loop, "weather", 5)
    assert looks.next() == (1, "3 tables in time")
    assert told.next()[1] == "1 alert sent (Recovered: weather/landing: freshness), 0 troubles open"


def test_a_table_that_stays_late_is_told_again_each_hour(loop: Loop) -> None:
    looks = Looks(loop)
    land(loop, "flights", 1, 5)
    land(loop, "weather", 1)
    land(loop, "outcomes", 5)
    assert [looks.next()[0] for _ in range(3)] == [2, 1, 0]
    looks.clock.now = BEGIN + 3_599
    assert looks.next()[0] == 0
    looks.clock.now = BEGIN + 3_601
    assert looks.next()[0] == 1


def test_what_was_taken_in_and_cleared_away_has_landed(loop: Loop) -> None:
    looks = Looks(loop)
    land(loop, "flights", 1, 2, 3)
    land(loop, "weather", 1, 2, 3)
    raw(loop, "weather", "2013-01-03")
    for file in (loop.landing_root / "weather").iterdir():
        file.unlink()

    assert looks.watched[1].name == "weather"
    assert looks.watched[1].judged(loop.lake, datetime.now(UTC)).verdict is Verdict.PASSED


def test_a_person_can_run_the_check(loop: Loop) -> None:
    land(loop, "flights", 1, 5)
    land(loop, "weather", 1)
    looks = Looks(loop)

    done = materialize(
        [*freshness_checks(looks.watched)],
        instance=loop.instance,
        selection=AssetSelection.all_asset_checks(),
        resources={"lake": looks.lake},
        raise_on_error=False,
    )

    verdicts = {e.asset_key.path[0]: e.passed for e in done.get_asset_check_evaluations()}
    assert verdicts == {"flights": True, "weather": False, "outcomes": False}


def test_only_declared_tables_are_watched_by_those_read_together_with_them(loop: Loop) -> None:
    lone = loop.having(changes={"weather": {"freshness": None}})
    watched = watched_tables([lone.source(table) for table in TABLES], [lone.model])

    assert {w.name: [o.spec.name for o in w.others] for w in watched} == {
        "flights": ["outcomes", "weather"],
        "outcomes": ["flights", "weather"],
    }
    assert [w.others for w in watched_tables([lone.source("flights")], [])] == [()]


def raw(loop: Loop, table: str, day: str) -> None:
    import pyarrow as pa

    rows = pa.table({"x": ["1"], names.PARTITION: [day]})
    loop.lake.table(names.table_of(names.raw(table))).replace_arrow(rows, [day])


def alerts(loop: Loop) -> Ticks:
    resources = {
        "lake": LakeResource(root=str(loop.home / "lake")),
        "alert_channels": AlertsResource(urls={"ops": []}, file=str(loop.home / "alerts.jsonl")),
    }
    sources = [loop.source(table) for table in TABLES]
    sensor = alerts_sensor(sources, [loop.model], timedelta(days=1), 30)
    return Ticks(sensor, loop.instance, resources)
