"""The demo itself: start the engine, land files, watch, sum up."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from dagster import DagsterInstance
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ml_platform.core.errors import UserError
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.demo.flights_landing import FlightsLanding
from ml_platform.demo.report import print_report
from ml_platform.demo.scenario import DECLARED_FAULT, MODEL, Scenario
from ml_platform.demo.summary import summarise, write_summary
from ml_platform.demo.watcher import Watcher
from ml_platform.engine.supervisor import Supervisor
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.settings import Settings

MARK = "demo"


def run(
    settings: Settings, scenario: Scenario | None = None, console: Console | None = None
) -> None:
    """Run the whole demo and print what happened; state stays for ``ml-platform up``.

    Raises:
        UserError: the home folder holds state that no demo made, or the loop stood still.
    """
    scenario, console = scenario or Scenario(), console or Console()
    begun = time.time()
    clear_former_demo(settings)
    with Supervisor(settings) as engine:
        console.print(f"Dagster's UI while this runs: {engine.addresses['dagster']}")
        with (
            DagsterInstance.from_config(str(settings.dagster_home)) as instance,
            _progress(console) as progress,
        ):
            task = progress.add_task("starting", total=scenario.live_days + 1)

            def tell(what: str) -> None:
                progress.update(task, description=what)

            watcher = Watcher(engine.settings, instance, MODEL, engine.check, tell)
            _Landings(settings, scenario, watcher).all(lambda: progress.advance(task))
            summary = summarise(settings, instance, scenario, time.time() - begun)
    write_summary(settings, summary)
    print_report(console, summary, settings)


def clear_former_demo(settings: Settings) -> None:
    """Remove what an earlier demo left; anything else is left alone and refused."""
    home, mark = settings.home, settings.home / MARK
    if home.exists() and any(home.iterdir()) and not mark.exists():
        raise UserError(
            f"{home} holds state that no demo made, and the demo starts from nothing: "
            "set ML_PLATFORM_HOME to another folder"
        )
    if mark.exists():
        shutil.rmtree(home)
    mark.mkdir(parents=True)


class _Landings:
    """Lands files in the order of the calendar and waits for the loop in between."""

    def __init__(self, settings: Settings, scenario: Scenario, watcher: Watcher) -> None:
        self._flights = FlightsLanding(settings.landing_root)
        self._root = settings.landing_root
        self._ledger = Ledger(Lake(settings.lake_root))
        self._scenario = scenario
        self._watch = watcher

    def all(self, advance: object) -> None:
        step = advance if callable(advance) else (lambda: None)
        self._history()
        step()
        for day in self._scenario.live():
            self._live(day)
            step()
        self._watch.decided(max(self._scenario.live()))
        self._watch.idle()

    def _history(self) -> None:
        days = list(self._scenario.history())
        since = time.time()
        for day in days:
            self._flights.land_inputs(day)
        for day in days[:-1]:
            self._flights.land_outcomes(day)
        self._watch.taken_in("flights", days[-1], since)
        self._watch.champion()

    def _live(self, day: date) -> None:
        # What was decided two days ago is done by now; yesterday's decision falls with this tick.
        self._watch.decided(day - timedelta(days=2))
        self._watch.no_retraining()
        since = time.time()
        self._flights.land_outcomes(day - timedelta(days=1))
        broken = day == self._scenario.broken_file_on
        self._flights.land_inputs(day)
        if broken:
            self._break_flights(day)
        self._watch.taken_in("outcomes", day - timedelta(days=1), since)
        self._watch.taken_in("flights", day, since)
        if broken:
            again = time.time()
            self._flights.land_inputs(day)
            self._watch.taken_in("flights", day, again)
        if day == self._scenario.bad_candidate_on:
            self._ask_for_bad_candidate(day)

    def _break_flights(self, day: date) -> None:
        """The producer's export broke: another delimiter, cut off in the middle of a line."""
        file = self._root / "flights" / f"{day.isoformat()}.csv"
        whole = file.read_text().replace(",", "|")
        file.write_text(whole[: len(whole) // 2])

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


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("[bold]{task.description:<42}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("days"),
        TimeElapsedColumn(),
        console=console,
    )
