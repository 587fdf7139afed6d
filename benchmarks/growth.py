"""What a tick of the sensors costs after 30, 300 and 1,000 days, and with 1, 10 and 50 models.

The event log and the ledger are filled with what days leave behind: an evaluation of each check
that is watched, with a table of its rows, and a decision a day. Then the sensors tick as the daemon
has them do, one more day of evaluations before each tick.

    python -m benchmarks.growth [--days 30,300,1000] [--models 1,10,50] [--ticks 5]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from dagster import AssetCheckEvaluation, AssetKey, DagsterInstance

from benchmarks.figure import Figure, rounded, write_result
from benchmarks.stopwatch import timed
from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.decision import Action, Cause
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.core.verdict import Verdict
from ml_platform.engine.open_sqlite import storage_settings
from ml_platform.lifecycle.alerts import alerts_sensor
from ml_platform.lifecycle.check_results import single_result
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.retraining import retraining_sensor
from ml_platform.lifecycle.watched_checks import watched_checks
from ml_platform.resources.alerts_resource import AlertsResource
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform_tests.end_to_end.loop import TABLES, Loop
from ml_platform_tests.lifecycle.ticks import Ticks

FIRST = date(2013, 1, 1)
GOAL_GROWTH, GOAL_SECONDS = 1.1, 2.0
LINES = tuple(
    {"column": f"c{n}", "statistic": "js", "value": 0.01, "limit": 0.1} for n in range(60)
)


@dataclass(frozen=True)
class World:
    """A home with some models and days behind it."""

    loop: Loop
    models: Sequence[Model]

    def live(self, number: int) -> None:
        """Record what the checks of all models find on one day, and a decision on each."""
        day = str(FIRST + timedelta(days=number))
        outcome = CheckOutcome(Verdict.PASSED, "no covariate drift", {"rows": 900.0}, LINES)
        judged = {check[:2] for model in self.models for check in watched_checks(model)}
        for asset, check in sorted(judged):
            result = single_result(asset, check, outcome)
            evaluation = AssetCheckEvaluation(
                AssetKey(list(asset)), check, True, result.metadata, partition=day
            )
            self.loop.instance.report_runless_asset_event(evaluation)

    def decide(self, days: int) -> None:
        """Fill the ledger as decisions of the days before would have."""
        facts = {"facts": {"checks": [dict(line) for line in LINES] * 3}}
        for number in range(days):
            at = datetime.now(UTC) - timedelta(days=days - number)
            for model in self.models:
                day = str(FIRST + timedelta(days=number))
                line = LedgerEntry(
                    f"{model.name}-{number}",
                    model.name,
                    at,
                    day,
                    EntryKind.DECISION,
                    verdict=Action.NOTHING.value,
                    cause=Cause.NONE.value,
                    evidence=facts,
                )
                self.loop.ledger.append(line)

    def sensors(self) -> dict[str, list[Ticks]]:
        """The sensors whose ticks are measured, with what they remember."""
        home = self.loop.home
        lake = LakeResource(root=str(home / "lake"))
        registry = RegistryResource(
            tracking_uri=f"sqlite:///{home / 'mlflow.db'}", artifact_root=str(home / "artifacts")
        )
        channels = AlertsResource(urls={"ops": []}, file=str(home / "alerts.jsonl"))
        sources = [self.loop.source(table) for table in TABLES]
        alerts = alerts_sensor(sources, self.models, timedelta(days=1), 5)
        told = {"lake": lake, "alert_channels": channels}
        decided = {"lake": lake, "registry": registry}
        return {
            "alerts": [Ticks(alerts, self.loop.instance, told)],
            "retraining": [
                Ticks(retraining_sensor(model, 5), self.loop.instance, decided)
                for model in self.models
            ],
        }


@contextmanager
def world(days: int, models: int) -> Iterator[World]:
    """A home in which so many models lived so many days."""
    with tempfile.TemporaryDirectory(prefix="benchmark") as folder:
        log = Path(folder) / "dagster"
        log.mkdir()
        overrides: dict[str, Any] = {"storage": storage_settings(log)}
        with DagsterInstance.local_temp(str(log), overrides=overrides) as instance:
            loop = Loop(Path(folder), instance, {})
            one = loop.model
            named = [
                replace(one, spec=one.spec.model_copy(update={"name": f"model_{number}"}))
                for number in range(models)
            ]
            made = World(loop, named)
            for number in range(days):
                made.live(number)
            made.decide(days)
            yield made


def measure_world(days: int, models: int, ticks: int) -> dict[str, Any]:
    """Seconds of a tick, of all models together, and the size of the event log."""
    with world(days, models) as lived:
        sensors = lived.sensors()
        for each in (tick for kind in sensors.values() for tick in kind):
            each.next()
        seconds: dict[str, list[float]] = {name: [] for name in sensors}
        for number in range(ticks):
            lived.live(days + number)
            for name, kind in sensors.items():
                took, _ = timed(lambda kind=kind: [tick.next() for tick in kind])
                seconds[name].append(took)
        log = lived.loop.home / "dagster"
        size = sum(file.stat().st_size for file in log.rglob("*") if file.is_file())
    found = {name: rounded(each) for name, each in seconds.items()}
    middle = {name: median(each) for name, each in seconds.items()}
    return {"days": days, "models": models, "ticks": found, "medians": middle, "log_mb": size / 1e6}


def measure(days: Sequence[int], models: Sequence[int], ticks: int) -> None:
    """Measure histories with the fewest models, then more models on the shortest history."""
    sizes = [(d, models[0]) for d in days] + [(days[0], m) for m in models[1:]]
    found = {size: measure_world(*size, ticks) for size in sizes}
    figures = []
    short, long = found[days[0], models[0]], found[days[-1], models[0]]
    for name in short["medians"]:
        grown = long["medians"][name] / short["medians"][name]
        what = f"tick of {name} after {days[-1]:,} days / after {days[0]:,}"
        figures.append(Figure(what, grown, "x", GOAL_GROWTH))
        most = found[days[0], models[-1]]["medians"][name]
        what = f"ticks of {name} of {models[-1]} models together"
        figures.append(Figure(what, most, "s", GOAL_SECONDS))
    write_result("growth", figures, {"worlds": list(found.values())})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", default="30,300,1000")
    parser.add_argument("--models", default="1,10,50")
    parser.add_argument("--ticks", type=int, default=5)
    asked = parser.parse_args()
    numbers = [[int(n) for n in text.split(",")] for text in (asked.days, asked.models)]
    measure(*numbers, asked.ticks)


if __name__ == "__main__":
    main()
