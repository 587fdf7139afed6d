"""A loop that has just begun: three days in order, a broken file, and what was decided on it."""

from __future__ import annotations

from datetime import date, timedelta

from dagster import DagsterInstance

from ml_platform.core import names
from ml_platform.demo.flights_landing import FlightsLanding, write_whole
from ml_platform.demo.scenario import MODEL
from ml_platform.demo.watcher import Watcher
from ml_platform.engine.supervisor import Supervisor
from ml_platform.lifecycle.check_history import findings

DAYS = [date(2013, 1, 1) + timedelta(days=i) for i in range(3)]
BROKEN = date(2013, 1, 4)


def land_whole_days(landing: FlightsLanding) -> None:
    """Land what lies there when the platform comes up: one run over the range takes it in."""
    for day in DAYS:
        landing.land_inputs(day)


def break_a_file(engine: Supervisor, instance: DagsterInstance) -> None:
    """Let the days be taken in, land a file that is not what it is declared to be, and wait."""
    watcher = Watcher(engine.settings, instance, MODEL, engine.check, lambda _: None)
    watcher.taken_in("flights", DAYS[-1], since=0)
    write_whole(
        engine.settings.landing_root / "flights" / f"{BROKEN}.csv", "flight_date|carrier\n2013|AA\n"
    )
    watcher.taken_in("flights", BROKEN, since=0)
    watcher.decided(BROKEN)
    watcher.idle()
    assert findings(instance, names.raw("flights"), names.READABLE, 1)
