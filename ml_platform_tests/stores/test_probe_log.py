"""Probes are kept, however many are appended."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ml_platform.core.service_level.counters import Counters
from ml_platform.core.service_level.probe import Probe
from ml_platform.stores.lake import Lake
from ml_platform.stores.lake_write import MANY_FILES
from ml_platform.stores.probe_log import ProbeLog

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
COUNTERS = Counters({"2xx": 7.0}, {"timeout": 1.0}, {0.01: 5.0, math.inf: 7.0})


def probe(minute: int) -> Probe:
    at = START + timedelta(minutes=minute)
    if minute % 3:
        return Probe(at, True, 4.5, 3, None, COUNTERS)
    return Probe(at, False, error="no answer within 5 s")


def test_probes_are_read_back_as_they_were_from_a_moment_on(tmp_path: Path) -> None:
    log = ProbeLog(Lake(str(tmp_path)), "flight_delay")
    assert log.since(START) == []
    for minute in (2, 0, 1):
        log.append(probe(minute))
    assert log.since(START) == [probe(0), probe(1), probe(2)]
    assert log.since(START + timedelta(minutes=1)) == [probe(1), probe(2)]
    assert log.since(START + timedelta(hours=1)) == []


def test_a_day_of_probes_leaves_few_files(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    log = ProbeLog(lake, "flight_delay")
    for minute in range(MANY_FILES + 10):
        log.append(probe(minute))
    assert len(log.since(START)) == MANY_FILES + 10
    assert len(lake.table("flight_delay/probes").files()) < MANY_FILES
