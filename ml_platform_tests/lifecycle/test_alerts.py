"""People are told of a trouble once, and when it is over; of a run that broke, with its words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from dagster import DagsterInstance

from ml_platform.core import names
from ml_platform.lifecycle.alerts import alerts_sensor
from ml_platform.resources.alerts_resource import AlertsResource
from ml_platform.resources.lake_resource import LakeResource
from ml_platform_tests.end_to_end.loop import TABLES, Loop
from ml_platform_tests.end_to_end.trained import DAY
from ml_platform_tests.lifecycle.ticks import Ticks

READABLE = "check/raw/weather/readable"


@pytest.fixture
def loop(tmp_path: Path) -> Iterator[Loop]:
    with DagsterInstance.ephemeral() as instance:
        yield Loop(tmp_path, instance, {})


def ticks_of(loop: Loop) -> Ticks:
    resources = {
        "lake": LakeResource(root=str(loop.home / "lake")),
        "alert_channels": AlertsResource(urls={"ops": []}, file=str(loop.home / "alerts.jsonl")),
    }
    sources = [loop.source(table) for table in TABLES]
    sensor = alerts_sensor(sources, [loop.model], timedelta(days=1), 30)
    return Ticks(sensor, loop.instance, resources)


def alerts(loop: Loop) -> list[dict[str, Any]]:
    kept = loop.home / "alerts.jsonl"
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


def test_a_failed_check_is_told_once_and_its_end_once(loop: Loop, trained: Loop) -> None:
    ticks = ticks_of(loop)
    loop.land("weather", DAY, "")
    loop.ingest("weather", day=DAY)
    assert ticks.next()[1] == "1 alerts sent, 1 troubles open"
    assert ticks.next()[1] == "0 alerts sent, 1 troubles open"
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
    assert alert["title"] == "materialisation failed"
    assert "the model registry at http://127.0.0.1:9 cannot be reached" in alert["body"]
    assert [(each["channel"], each["ok"]) for each in alert["deliveries"]] == [("ops", True)]
    ticks.next()
    assert len(alerts(loop)) == 1
