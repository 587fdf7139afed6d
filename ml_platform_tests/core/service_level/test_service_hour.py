import math
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from ml_platform.core.service_level.counters import Counters
from ml_platform.core.service_level.latency import Latencies
from ml_platform.core.service_level.probe import Probe
from ml_platform.core.service_level.service_hour import ServiceHour, hour_of, service_hour

HOUR = datetime(2026, 3, 1, 12, tzinfo=UTC)


def probe(minute: int, ok: bool, good: float, bad: float) -> Probe:
    counters = Counters(
        {"2xx": good, "4xx": 1.0, "5xx": bad}, {}, {0.01: good / 2, 0.02: good, math.inf: good}
    )
    return Probe(HOUR + timedelta(minutes=minute), ok, counters=counters)


def test_an_hour_is_what_probes_counters_and_log_say_of_it() -> None:
    probes = [probe(-1, False, 100, 0), probe(10, True, 150, 5), probe(50, False, 300, 10)]
    latencies = Latencies.of(np.array([4.0, 6.0]), np.ones(2), 5.0)
    found = service_hour(HOUR, [*probes, probe(60, False, 400, 10)], latencies, rows=7)
    assert (found.probes, found.failed_probes, found.availability) == (2, 1, 0.5)
    # What the reading at the full hour counted is of the hour that it ends.
    assert (found.requests, found.refused, found.failed) == (310, 0, 10)
    assert found.error_rate == pytest.approx(10 / 310)
    assert (found.logged, found.rows, found.p50_ms, found.p99_ms) == (2, 7, 4, 6)
    assert found.counted_p99_ms == pytest.approx(19.8)


def test_an_hour_of_which_nothing_is_known_says_so() -> None:
    found = service_hour(HOUR, [], None, rows=0)
    assert found == ServiceHour(HOUR)
    assert (found.availability, found.error_rate, found.p99_ms) == (None, None, None)


def test_an_hour_comes_back_from_its_row() -> None:
    written = ServiceHour(HOUR, probes=3, failed_probes=1, requests=9, p99_ms=4.5)
    row = written.to_row()
    assert row["availability"] == pytest.approx(2 / 3)
    assert ServiceHour.from_row(row) == written


def test_the_hour_of_a_moment_begins_at_its_full_hour() -> None:
    assert hour_of(HOUR + timedelta(minutes=59, microseconds=5)) == HOUR
