"""Probes are kept, however many are appended."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq

from ml_platform.core.service_level.counters import Counters
from ml_platform.core.service_level.probe import Probe
from ml_platform.stores.lake import Lake
from ml_platform.stores.lake_write import MANY_FILES
from ml_platform.stores.probe_log import ProbeLog

START = datetime(2026, 3, 1, 12, tzinfo=UTC)
COUNTERS = Counters({"2xx": 7.0}, {"timeout": 1.0}, {0.01: 5.0, math.inf: 7.0})


def _newest(path: str) -> object:
    return pq.read_table(path)["probed_at"].to_pylist()[-1]


def _damaged(path: str) -> bytes:
    """The file behind its first bytes, whose pages cannot be read any more but whose bounds can."""
    content = Path(path).read_bytes()
    footer = int.from_bytes(content[-8:-4], "little") + 8
    return bytes(len(content) - 4 - footer) + content[-footer:]


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


def test_old_probes_can_be_forgotten_even_all_of_them(tmp_path: Path) -> None:
    log = ProbeLog(Lake(str(tmp_path)), "flight_delay")
    assert log.forget(START) == 0
    for minute in range(3):
        log.append(probe(minute))
    assert log.forget(START + timedelta(minutes=1)) == 1
    assert log.since(START) == [probe(1), probe(2)]
    assert log.forget(START + timedelta(days=1)) == 2
    assert log.since(START) == []
    log.append(probe(5))
    assert log.since(START) == [probe(5)]


def test_what_is_older_is_left_unread(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    log = ProbeLog(lake, "flight_delay")
    for minute in (0, 60):
        log.append(probe(minute))
    [old, new] = sorted(lake.table("flight_delay/probes").files(), key=_newest)
    Path(old).write_bytes(Path(old).read_bytes()[:4] + _damaged(old))
    assert log.since(START + timedelta(minutes=30)) == [probe(60)]
    assert new != old


def test_a_day_of_probes_leaves_few_files(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    log = ProbeLog(lake, "flight_delay")
    for minute in range(MANY_FILES + 10):
        log.append(probe(minute))
    assert len(log.since(START)) == MANY_FILES + 10
    assert len(lake.table("flight_delay/probes").files()) < MANY_FILES
