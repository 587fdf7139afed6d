"""Reaction time: a day's files land -> its predictions and checks are in Dagster's event log.

The engine of ``make up`` runs over a history of its own, with a champion. Days land one after the
other, each at a random moment between two ticks, while nothing else runs; with each day land the
outcomes of the day before, as in life. Measured is from the last file to the last of these events:
the materialization of predictions, and the results of all checks of the day.

    python -m benchmarks.reaction_time [--days 10] [--ticks 30 5]
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from dagster import AssetKey, AssetRecordsFilter, DagsterInstance

from benchmarks.figure import Figure, rounded, write_result
from ml_platform.core import names
from ml_platform.core.errors import UserError
from ml_platform.demo.flights_landing import FlightsLanding
from ml_platform.demo.scenario import MODEL, Scenario
from ml_platform.demo.show import land_history
from ml_platform.demo.watcher import Watcher
from ml_platform.engine.supervisor import Supervisor
from ml_platform.lifecycle.check_history import findings
from ml_platform.stores.settings import Settings

GOAL = 45.0
HISTORY_DAYS = 21
LONGEST_SECONDS = 300.0
PREDICTIONS = names.of_model(MODEL, names.PREDICTIONS)
CHECKS = [
    *(
        (asset(table), check)
        for table in ("flights", "weather")
        for asset, checks in (
            (names.raw, (names.READABLE,)),
            (names.validated, (names.CONTRACT, names.CONSERVATION, names.VOLUME)),
        )
        for check in checks
    ),
    (names.of_model(MODEL, names.FEATURES), names.JOINED),
    (PREDICTIONS, names.EVERY_EVENT_SCORED),
    (names.of_model(MODEL, names.INFERENCE_LOG), names.LOGGED_ONCE),
    (names.of_model(MODEL, names.DRIFT), names.COLUMN_DRIFT),
    (names.of_model(MODEL, names.DRIFT), names.UNSEEN_VALUES),
    (names.of_model(MODEL, names.DRIFT), names.SCORE_DRIFT),
]


@dataclass(frozen=True)
class Reaction:
    """Seconds from the landing of a day's last file to each moment."""

    run_created: float
    run_started: float
    predictions: float
    predictions_and_checks: float


def moments(instance: DagsterInstance, day: str, since: float) -> Reaction | None:
    """When all of it was recorded; None while something is missing."""
    wanted = AssetRecordsFilter(
        asset_key=AssetKey(list(PREDICTIONS)), asset_partitions=[day], after_timestamp=since
    )
    made = instance.fetch_materializations(wanted, limit=1).records
    if not made:
        return None
    judged = []
    for asset, check in CHECKS:
        found = [f for f in findings(instance, asset, check, 5) if f.partition == day]
        if not found or found[0].at < since:
            return None
        judged.append(found[0].at)
    run = instance.get_run_record_by_id(made[0].run_id)
    assert run is not None
    assert run.start_time is not None
    return Reaction(
        run_created=run.create_timestamp.timestamp() - since,
        run_started=run.start_time - since,
        predictions=made[0].timestamp - since,
        predictions_and_checks=max(made[0].timestamp, *judged) - since,
    )


def react(engine: Supervisor, instance: DagsterInstance, day: date) -> Reaction:
    """Land a day and wait until all of it is there.

    Raises:
        UserError: it takes too long.
    """
    landing = FlightsLanding(engine.settings.landing_root)
    landing.land_outcomes(day - timedelta(days=1))
    landing.land_inputs(day)
    since = time.time()
    while time.time() - since < LONGEST_SECONDS:
        engine.check()
        if found := moments(instance, day.isoformat(), since):
            return found
        time.sleep(1.0)
    raise UserError(f"{day} was not predicted within {LONGEST_SECONDS:.0f} s")


def reactions(settings: Settings, days: list[date], chance: random.Random) -> dict[str, Any]:
    """Start the engine, let it come to rest, and land the days."""
    found = []
    with (
        Supervisor(settings, mlflow_ui=True) as engine,
        DagsterInstance.from_config(str(settings.dagster_home)) as instance,
    ):
        watcher = Watcher(engine.settings, instance, MODEL, engine.check, lambda _: None)
        watcher.champion()
        for day in days:
            # A whole tick at least: what the day before led to has been asked for by then.
            time.sleep(settings.tick_seconds * (1 + chance.random()))
            watcher.idle()
            found.append(react(engine, instance, day))
            print(day, found[-1], flush=True)
    named = {name: [getattr(each, name) for each in found] for name in Reaction.__annotations__}
    return {
        "tick_seconds": settings.tick_seconds,
        "medians": {name: round(median(values), 2) for name, values in named.items()},
        "predictions_and_checks": rounded(named["predictions_and_checks"]),
    }


def measure(count: int, ticks: list[int]) -> None:
    """Measure at each tick over one home and write the result."""
    scenario = Scenario(history_days=HISTORY_DAYS, live_days=count * len(ticks))
    live, chance, found = list(scenario.live()), random.Random(0), []
    with tempfile.TemporaryDirectory(prefix="benchmark") as home:
        settings = Settings.from_env({"ML_PLATFORM_HOME": str(Path(home))})
        land_history(settings, scenario)
        for n, tick in enumerate(ticks):
            days = live[n * count : (n + 1) * count]
            found.append(reactions(replace(settings, tick_seconds=tick), days, chance))
    figures = [
        Figure(
            f"landed day -> predictions and checks, tick {each['tick_seconds']} s",
            each["medians"]["predictions_and_checks"],
            "s",
            GOAL,
        )
        for each in found
    ]
    write_result("reaction_time", figures, {"days": count, "ticks": found})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=10)
    parser.add_argument("--ticks", type=int, nargs="+", default=[30, 5])
    options = parser.parse_args()
    measure(options.days, options.ticks)


if __name__ == "__main__":
    main()
