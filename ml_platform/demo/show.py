"""The demo itself: start the engine, land files, watch, sum up."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from dagster import DagsterInstance
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ml_platform.core.errors import UserError
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.demo.flights_landing import FlightsLanding
from ml_platform.demo.fresh_home import MARK, fresh_home
from ml_platform.demo.report import print_report
from ml_platform.demo.scenario import DECLARED_FAULT, MODEL, Scenario
from ml_platform.demo.summary import summarise, write_summary
from ml_platform.demo.traffic import Traffic
from ml_platform.demo.watcher import Watcher
from ml_platform.engine.supervisor import Supervisor
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.settings import Settings

TICK_SECONDS = 5
"""Dagster's daemon looks at sensors every five seconds at most."""


def run(
    settings: Settings,
    days: int | None = None,
    scenario: Scenario | None = None,
    console: Console | None = None,
) -> None:
    """Run the whole demo and print what happened; state stays for ``ml-platform up``.

    Args:
        settings: where the state goes.
        days: how many days land one by one; the scenario's own number if not given.
        scenario: the calendar and the faults.
        console: where to print.

    Raises:
        UserError: the home folder holds state that no demo made, the loop stood still, a run
            failed that no declared fault explains, or an answered request is not in the lake.
        EngineError: ml_platform runs over the home folder, or one of its processes died.
    """
    scenario, console = scenario or Scenario(), console or Console()
    scenario = scenario if days is None else replace(scenario, live_days=days)
    settings = replace(settings, tick_seconds=TICK_SECONDS)
    begun = time.time()
    with fresh_home(settings.home):
        # History lies there when the platform comes up, as where a team starts to use it.
        land_history(settings, scenario)
    with Supervisor(settings, endpoint=True) as engine:
        console.print(f"Dagster's UI while this runs: {engine.addresses['dagster']}")
        with (
            DagsterInstance.from_config(str(settings.dagster_home)) as instance,
            _progress(console) as progress,
        ):
            task = progress.add_task("starting", total=scenario.live_days + 1)

            def tell(what: str) -> None:
                progress.update(task, description=what)

            watcher = Watcher(engine.settings, instance, MODEL, engine.check, tell)
            traffic = Traffic(engine.addresses["endpoint"], Lake(settings.lake_root))
            _Landings(settings, scenario, watcher, traffic).all(lambda: progress.advance(task))
            seconds = time.time() - begun
            summary = summarise(settings, instance, scenario, traffic, seconds)
    write_summary(settings, summary)
    print_report(console, summary, settings)
    _require_a_sound_end(summary)


def land_history(settings: Settings, scenario: Scenario) -> None:
    """Land the days before the first live one; the last day's outcomes are not known yet."""
    flights, days = FlightsLanding(settings.landing_root), list(scenario.history())
    for day in days:
        flights.land_inputs(day)
    for day in days[:-1]:
        flights.land_outcomes(day)


class _Landings:
    """Lands files in the order of the calendar and waits for the loop in between."""

    def __init__(
        self, settings: Settings, scenario: Scenario, watcher: Watcher, traffic: Traffic
    ) -> None:
        self._flights = FlightsLanding(settings.landing_root)
        self._root = settings.landing_root
        self._ledger = Ledger(Lake(settings.lake_root))
        self._scenario = scenario
        self._watch = watcher
        self._traffic = traffic

    def all(self, step: Callable[[], None]) -> None:
        self._history()
        step()
        for day in self._scenario.live():
            self._live(day)
            step()
        self._watch.decided(max(self._scenario.live()))
        self._watch.moved(self._traffic.answered)
        self._watch.idle()

    def _history(self) -> None:
        self._watch.taken_in("flights", max(self._scenario.history()), 0.0)
        self._watch.champion()
        self._traffic.until_ready(self._watch.alive)

    def _live(self, day: date) -> None:
        # What was decided two days ago is done by now; yesterday's decision falls with this tick.
        self._watch.decided(day - timedelta(days=2))
        self._watch.no_retraining()
        since = time.time()
        self._flights.land_outcomes(day - timedelta(days=1))
        broken = day == self._scenario.broken_file_on
        if broken:
            self._land_broken(day)
        else:
            self._flights.land_inputs(day)
        self._watch.taken_in("outcomes", day - timedelta(days=1), since)
        self._watch.taken_in("flights", day, since)
        if broken:
            again = time.time()
            self._flights.land_inputs(day)
            self._watch.taken_in("flights", day, again)
        self._watch.told(f"flights of {day}: asked about online, one by one")
        self._traffic.of_day(day)
        if day == self._scenario.bad_candidate_on:
            self._ask_for_bad_candidate(day)

    def _land_broken(self, day: date) -> None:
        """The producer's export broke: another delimiter, cut off in the middle of a line."""
        outbox = self._root.parent / MARK / "outbox"
        flights, weather = FlightsLanding(outbox).land_inputs(day)
        whole = flights.read_text().replace(",", "|")
        flights.write_text(whole[: len(whole) // 2])
        # Moved in whole, as every landing is: no sensor sees the file before it is broken.
        for file in (weather, flights):
            file.replace(self._root / file.relative_to(outbox))

    def _ask_for_bad_candidate(self, day: date) -> None:
        request = LedgerEntry(
            entry_id=str(uuid4()),
            model=MODEL,
            decided_at=datetime.now(UTC),
            as_of=day.isoformat(),
            kind=EntryKind.REQUEST,
            verdict="retrain",
            cause="requested",
            reason=f"{DECLARED_FAULT}: parameters that cannot learn anything",
            evidence={"params": self._scenario.bad_params},
            by="the demo",
        )
        self._ledger.append(request)
        self._watch.answered(request)


def _require_a_sound_end(summary: Mapping[str, Any]) -> None:
    if failed := summary["unexpected_failures"]:
        raise UserError(f"runs failed that should not have: {', '.join(failed)}; see `make up`")
    if lost := summary["online"]["answered_and_not_moved"]:
        raise UserError(f"{lost} answered requests are not in the lake; see `make up`")


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("[bold]{task.description:<42}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("days"),
        TimeElapsedColumn(),
        console=console,
    )
