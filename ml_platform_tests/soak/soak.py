"""Lives through the days of a plan, and looks at what has become of each."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from threading import Timer

from ml_platform_tests.soak.clock import MovedClock
from ml_platform_tests.soak.days import HISTORY_DAYS, Day, Plan, ends_at
from ml_platform_tests.soak.ground import ground
from ml_platform_tests.soak.platform_process import Platform, StandsStill, wait_for
from ml_platform_tests.soak.report import Report
from ml_platform_tests.soak.shop import MODEL, ORDERS, RETURNS, Shop, write_project

BEFORE_MIDNIGHT = timedelta(seconds=4)
TICK_SECONDS = 5
TWO_TICKS = 2 * TICK_SECONDS + 5
"""Two ticks of the sensor, and what Dagster's daemon takes to look at it and to make the run."""


class Soak:
    """One soak in a new folder.

    Args:
        folder: gets the project, the home and the screen.
        plan: the days.
        tell: is told what happens.
    """

    def __init__(self, folder: Path, plan: Plan, tell: Callable[[str], None]) -> None:
        folder.mkdir(parents=True)
        self._plan, self._tell = plan, tell
        self._clock = MovedClock(folder / "clock", ends_at(plan.history[-1]) + timedelta(hours=3))
        project = write_project(folder / "project", plan.first - timedelta(days=1))
        home = folder / "home"
        drift = plan.first + timedelta(days=HISTORY_DAYS + plan.days * 2 // 3)
        self._shop = Shop(home / "landing", drift_from=drift)
        self._platform = Platform(project, home, self._clock.environment())
        self._home = home
        self._landed: dict[tuple[str, date], int] = {}
        self.report = Report()

    def run(self) -> Report:
        """Live through all days; what is wrong is in the report."""
        for day in self._plan.history:
            self._land(ORDERS, day)
            self._land(RETURNS, day)
        with ExitStack() as stack:
            self.report.notes["seconds to start"] = self._platform.start()
            stack.callback(self._stop)
            self._ground = stack.enter_context(ground(self._home))
            self._history()
            for day in self._plan.live():
                self._live(day)
            self._look_at_all()
        return self.report

    def _history(self) -> None:
        last = self._plan.history[-1]
        seconds = wait_for("history is taken in", lambda: self._ground.taken_in(RETURNS, last))
        seconds += wait_for("the first champion", self._ground.has_champion)
        self.report.notes["seconds to the first champion"] = seconds
        self._tell(f"first champion after {seconds:.0f} s")

    def _live(self, day: Day) -> None:
        begun = time.monotonic()
        before = self._ground.newest_run()
        if day.early and not day.withheld:
            self._clock.move_to(ends_at(day.day) - timedelta(hours=1))
            self._land(ORDERS, day.day)
            time.sleep(2 * TICK_SECONDS)
            if self._ground.run_of(ORDERS, day.day, before):
                self.report.wrong.append(f"orders of {day.day} were taken in before it was over")
        self._clock.move_to(ends_at(day.day) - BEFORE_MIDNIGHT)
        time.sleep(BEFORE_MIDNIGHT.total_seconds() + 1)
        landings = self._land_all(day)
        killer = self._killer(day)
        try:
            self._await(day, landings, before)
        except StandsStill as error:
            self.report.wrong.append(f"{day.day}: {error}")
            raise
        finally:
            if killer:
                killer.join()
        self._record(day, time.monotonic() - begun)

    def _land_all(self, day: Day) -> list[tuple[str, date]]:
        """Land what comes after midnight, and say which files now have to be taken in."""
        files = [(ORDERS, each) for each in (*day.late_orders, day.day)]
        if day.withheld:
            files.remove((ORDERS, day.day))
        files.append((RETURNS, day.day - timedelta(days=1)))
        for table, each in files:
            if not (day.early and (table, each) == (ORDERS, day.day)):
                self._land(table, each)
        if day.corrected:
            self._land(RETURNS, day.corrected, corrected=True)
            files.append((RETURNS, day.corrected))
        return files

    def _land(self, table: str, day: date, corrected: bool = False) -> None:
        path = (
            self._shop.land_orders(day)
            if table == ORDERS
            else self._shop.land_returns(day, corrected)
        )
        self._clock.stamp(path)
        self._landed[table, day] = len(path.read_text().splitlines()) - 1

    def _await(self, day: Day, landings: list[tuple[str, date]], before: int) -> None:
        landed_at = time.time()
        for table, each in landings:
            wait_for(
                f"a run for {table} of {each}",
                lambda table=table, each=each: self._ground.run_of(table, each, before) is not None,
            )
            made = self._ground.run_of(table, each, before)
            lag = max(0.0, made[1] - landed_at) if made else float("nan")
            self.report.lags[f"{day.day} {table} {each}"] = lag
            if lag > TWO_TICKS and not day.killed:
                self.report.wrong.append(f"{table} of {each} waited {lag:.0f} s for its run")
        for table, each in landings:
            wait_for(
                f"{table} of {each} is taken in",
                lambda table=table, each=each: self._ground.taken_in(table, each),
            )
            if table == ORDERS:
                wait_for(f"{each} is judged", lambda each=each: self._ground.judged(each))
        wait_for("the last runs", lambda: self._ground.under_way() == 0)

    def _killer(self, day: Day) -> Timer | None:
        if not day.killed:
            return None
        killer = Timer(day.after_seconds, self._kill, [day])
        killer.start()
        return killer

    def _kill(self, day: Day) -> None:
        if day.killed == "up":
            self._platform.kill()
            seconds = self._platform.start()
            self._tell(f"{day.day}: all of it killed, runs again after {seconds:.0f} s")
            return
        there = self._platform.kill_part(str(day.killed))
        self._tell(f"{day.day}: killed the {day.killed}{'' if there else ' (there was none)'}")

    def _record(self, day: Day, seconds: float) -> None:
        ticks: dict[str, list[float]] = {}
        for name, took in self._ground.ticks():
            ticks.setdefault(name, []).append(took)
        self.report.days.append(
            {
                "day": day.day.isoformat(),
                "seconds": round(seconds, 1),
                "killed": day.killed,
                "memory": {k: round(v) for k, v in self._platform.memory().items()},
                "database": round(self._ground.event_database(), 1),
                "ticks": {k: round(sum(v) / len(v), 2) for k, v in ticks.items()},
            }
        )
        self._tell(f"{day.day} {seconds:.0f} s")

    def _look_at_all(self) -> None:
        wrong, notes = self.report.wrong, self.report.notes
        notes |= {"runs": self._ground.ended(), "ledger": self._ground.decisions()}
        rows = self._ground.landed_rows()
        for (table, day), landed in sorted(self._landed.items()):
            there = rows[table].get(day.isoformat(), 0)
            if there != landed:
                wrong.append(f"{table} of {day}: {landed} rows landed, {there} are there")
        for table, day in sorted(self._landed):
            if table == ORDERS and not self._ground.judged(day):
                wrong.append(f"{day} was not judged")
        logged = self._ground.rows(f"{MODEL}/predictions")
        for day in self._plan.live():
            if logged.get(day.day.isoformat(), 0) != self._landed.get((ORDERS, day.day), 0):
                wrong.append(f"{day.day}: {logged.get(day.day.isoformat(), 0)} predictions")
        alerts = self._home / "alerts.jsonl"
        notes["alerts"] = alerts.read_text().splitlines() if alerts.exists() else []

    def _stop(self) -> None:
        self.report.notes["seconds to stop"] = self._platform.stop()
