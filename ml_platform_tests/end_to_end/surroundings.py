"""What may be out of order around the platform: disk, registry, alert channels, producers."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from dagster import DagsterInstance, RunRequest, SensorResult, SkipReason, build_sensor_context

from ml_platform.core import names
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.alerts import alerts_sensor
from ml_platform.lifecycle.landing import landing_sensor
from ml_platform.resources.alerts_resource import AlertsResource
from ml_platform.resources.lake_resource import LakeResource
from ml_platform_tests.end_to_end.failures import why_it_failed
from ml_platform_tests.end_to_end.ground import NEIGHBOUR, Ground
from ml_platform_tests.end_to_end.loop import Loop
from ml_platform_tests.stores.small_disk import filled

NOBODY = "http://127.0.0.1:9"
LATER = "2013-01-03"


def disk_full(ground: Ground, request: pytest.FixtureRequest) -> None:
    disk: Path = request.getfixturevalue("small_disk")
    loop = ground.loop.having(lake_root=str(disk / "lake"))
    content = "\n".join(ground.lines("flights", LATER)) + "\n"
    loop.land("flights", LATER, content)
    assert loop.ingest("flights", day=NEIGHBOUR).success
    before = loop.rows("flights/validated", NEIGHBOUR)
    with filled(disk):
        refused = loop.ingest("flights", day=LATER)
        assert "the disk is full, nothing was written" in why_it_failed(refused)
        assert loop.rows("flights/validated", NEIGHBOUR) == before
        assert loop.rows("flights/raw", LATER) == []
    assert loop.ingest("flights", day=LATER).success
    assert len(loop.rows("flights/validated", LATER)) == len(before)


def registry_unreachable(ground: Ground, request: pytest.FixtureRequest) -> None:
    loop = ground.loop.having(registry_uri=NOBODY)
    refused = why_it_failed(loop.run_stages((names.PREDICTIONS,), day=NEIGHBOUR))
    assert f"the model registry at {NOBODY} cannot be reached" in refused
    assert "Check MLFLOW_TRACKING_URI" in refused


def alert_channel_down(ground: Ground, request: pytest.FixtureRequest) -> None:
    with DagsterInstance.ephemeral() as instance:
        loop = Loop(request.getfixturevalue("tmp_path"), instance, {})
        loop.land("flights", LATER, "")
        loop.ingest("flights", day=LATER)
        kept = loop.home / "alerts.jsonl"
        channels = AlertsResource(urls={"ops": ["json://127.0.0.1:9/hook"]}, file=str(kept))
        resources = {"lake": LakeResource(root=str(loop.home / "lake")), "alert_channels": channels}
        context = build_sensor_context(instance=instance, resources=resources)
        sensor = alerts_sensor([loop.source("flights")], [loop.model], timedelta(days=1), 30)
        assert "1 alert sent" in str(sensor(context))
    [alert] = [json.loads(line) for line in kept.read_text().splitlines()]
    assert "2013-01-03.csv was not taken in: the file is empty" in alert["body"]
    [delivery] = alert["deliveries"]
    assert (delivery["channel"], delivery["ok"]) == ("ops", False)
    assert delivery["error"]


def still_growing(ground: Ground, request: pytest.FixtureRequest) -> None:
    in_place = {"landing": {"format": "csv", "path": "weather/{partition}.csv"}}
    home = request.getfixturevalue("tmp_path")
    loop = Loop(home, ground.loop.instance, {"weather": in_place})
    half = "\n".join(ground.lines("weather", LATER))[:500]
    path = loop.land("weather", LATER, half)
    seen = _landing_tick(loop)
    assert isinstance(seen, SkipReason)
    assert f"{path} may still be growing" in str(seen.skip_message)
    path.write_text("\n".join(ground.lines("weather", LATER)) + "\n")
    os.utime(path, (0, 0))
    [run] = _requests(_landing_tick(loop))
    assert run.partition_key == LATER


def no_such_partition(ground: Ground, request: pytest.FixtureRequest) -> None:
    loop = Loop(request.getfixturevalue("tmp_path"), ground.loop.instance, {})
    path = loop.land("weather", "2012-12-31", "\n".join(ground.lines("weather", LATER)))
    os.utime(path, (0, 0))
    seen = _landing_tick(loop)
    assert isinstance(seen, SkipReason)
    assert "weather has no partition 2012-12-31" in str(seen.skip_message)
    assert path.exists()


def never_landed(ground: Ground, request: pytest.FixtureRequest) -> None:
    day = ground.next_day()
    refused = why_it_failed(ground.loop.ingest("flights", day=day))
    assert f"flights of {day} has not landed: no file" in refused
    assert ground.loop.rows("flights/raw", day) == []


def blocked_after_a_good_landing(ground: Ground, request: pytest.FixtureRequest) -> None:
    """A correction that is worse than what it corrects leaves the last good rows in place."""
    day, loop = ground.next_day(), ground.loop
    lines = ground.lines("flights", day)
    loop.land("flights", day, "\n".join(lines))
    assert loop.ingest("flights", day=day).success
    before = loop.rows("flights/validated", day)
    loop.land("flights", day, "\n".join(line.replace("JFK", "ZRH") for line in lines))
    assert not loop.ingest("flights", day=day).success
    assert loop.rows("flights/validated", day) == before
    assert len(loop.rows("flights/quarantine", day)) == len(before) == 20
    conservation = loop.finding(names.validated("flights"), names.CONSERVATION, day)
    assert conservation.verdict is Verdict.NOT_EVALUATED
    assert conservation.sentence == (
        "the partition is blocked: what was validated of it before stays"
    )


def _landing_tick(loop: Loop) -> SensorResult | SkipReason:
    sensor = landing_sensor([loop.source("weather")], [], 30)
    lake = LakeResource(root=str(loop.lake.root))
    seen = sensor(build_sensor_context(instance=loop.instance, resources={"lake": lake}))
    assert isinstance(seen, SensorResult | SkipReason)
    return seen


def _requests(seen: SensorResult | SkipReason) -> list[RunRequest]:
    assert isinstance(seen, SensorResult)
    return list(seen.run_requests or ())
