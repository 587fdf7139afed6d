import json
import math
from datetime import UTC, datetime, timedelta

import pytest

from ml_platform.core.service_level.counters import Counters
from ml_platform.core.service_level.probe import (
    Probe,
    counted,
    increases,
    probe_events,
    request_events,
)

START = datetime(2026, 3, 1, 12, tzinfo=UTC)


def probe(minute: int, ok: bool = True, answered: float | None = 0.0, failed: float = 0) -> Probe:
    counters = None
    if answered is not None:
        counters = Counters(
            {"2xx": answered, "5xx": failed}, {"timeout": failed}, {0.1: answered, math.inf: failed}
        )
    return Probe(START + timedelta(minutes=minute), ok, counters=counters)


@pytest.mark.parametrize(
    "written",
    [
        probe(0, answered=3, failed=2),
        Probe(START, False, 4.5, 7, "HTTP 503: no"),
        Probe(START, True),
    ],
)
def test_a_probe_comes_back_from_its_row(written: Probe) -> None:
    assert Probe.from_row(written.to_row()) == written


def test_the_counters_of_a_row_are_plain_json() -> None:
    text = probe(0).to_row()["counters"]
    assert json.loads(text, parse_constant=pytest.fail)["at_most"] == [["0.1", 0.0], ["inf", 0]]


def test_each_probe_is_an_event_and_a_failed_one_a_bad_one() -> None:
    found = probe_events([probe(0), probe(1, ok=False)])
    assert [(event.total, event.bad) for event in found] == [(1, 0), (1, 1)]


def test_requests_are_what_was_counted_between_two_readings() -> None:
    seen = [probe(0, answered=5), probe(1, answered=None), probe(2, answered=25, failed=3)]
    [event] = request_events(seen)
    assert (event.at, event.total, event.bad) == (seen[2].at, 23, 3)
    assert list(increases(seen[:2])) == []


def test_a_stretch_begins_after_its_start_and_holds_its_end() -> None:
    seen = [probe(minute, answered=10.0 * minute) for minute in range(5)]
    found = counted(seen, seen[1].at, seen[3].at)
    assert found.answered["2xx"] == 20
    assert counted([], START, START) == Counters()
