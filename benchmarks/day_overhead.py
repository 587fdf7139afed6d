"""One day through the loop against a plain PySpark script that writes the same tables.

Both work on the same landed files by turns, on one warm Spark Connect server, in this process, so
that nobody pays for a process start. The loop's day is raw, validated and quarantine of flights
and weather, then features, predictions, inference log and profiles, with all their checks, on a
Dagster instance with its SQLite storage. The plain script is also timed without its tables of
refused rows and without profiles (``lean``).

    python -m benchmarks.day_overhead [--runs 7]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from dagster import DagsterEventType, DagsterInstance, ExecuteInProcessResult
from pyspark.sql import SparkSession
from pyspark.sql.connect.client import SparkConnectClient

from benchmarks.figure import Figure, rounded, write_result
from benchmarks.flights_history import days_after_history, trained_on_history, warm_connect
from benchmarks.plain_day import PlainScript
from benchmarks.stopwatch import Breakdown, timed
from ml_platform.core import names
from ml_platform.core.score_profile import SCORE_EDGES
from ml_platform.engine.open_sqlite import storage_settings
from ml_platform.estimators.artifact import MODEL_FILE, load_artifact
from ml_platform.lifecycle import inference_log, predictions, profiles, validated
from ml_platform.lifecycle.profile_table import read_edges
from ml_platform.spark.contract_split import ContractSplit
from ml_platform.stores import lake_write
from ml_platform.stores.lake_staging import Staging
from ml_platform.stores.lake_table import LakeTable
from ml_platform.stores.model_registry import ModelRegistry
from ml_platform_tests.end_to_end.loop import MODEL, Loop
from ml_platform_tests.end_to_end.trained import stages_of, succeeded

GOAL = 1.3
WARM_UP = 3
STAGES = (names.FEATURES, names.PREDICTIONS, names.INFERENCE_LOG, names.PROFILES)
REST = "Dagster's steps and the stages' own Python"
PARTS: Mapping[str, list[tuple[Any, str]]] = {
    "Spark computes and writes rows": [(Staging, "write_frame")],
    "Spark analyses plans": [(SparkConnectClient, "_analyze")],
    "columns are profiled": [(profiles, "profile_pass")],
    "Delta: move files, read statistics, commit": [(Staging, "publish"), (lake_write, "commit")],
    "Delta: open tables": [(LakeTable, "_find")],
    "scores read back": [(predictions, "score_ranges")],
    "log matched with predictions": [(inference_log, "logged_keys")],
    "quarantine: count reasons": [(validated, "reasons_by_partition")],
    "contract: read verdicts": [(ContractSplit, "report")],
    "model registry and artifact": [(ModelRegistry, "champion"), (predictions, "load_artifact")],
    "Dagster stores events": [(DagsterInstance, "handle_new_event")],
}
PLAIN_PARTS: Mapping[str, list[tuple[Any, str]]] = {
    "rows computed and written": [(PlainScript, "_write")],
    "plans analysed": [(SparkConnectClient, "_analyze")],
    "columns profiled": [(PlainScript, "_write_profiles")],
}


def plain_script(loop: Loop, spark: SparkSession, folder: Path, days: list[str]) -> PlainScript:
    """The script with the same trees, and the same history as plain Parquet."""
    champion = loop.registry.champion(MODEL)
    assert champion is not None
    model = Path(champion.path)
    edges = [*read_edges(loop.lake, loop.model), SCORE_EDGES]
    threshold = load_artifact(model).threshold
    for table in ("weather", "outcomes"):
        kept = loop.lake.table(names.table_of(names.validated(table))).read(spark)
        kept = kept.where(f"partition < '{days[0]}'") if table == "weather" else kept
        path = folder / f"validated_{table}"
        kept.write.partitionBy("partition").parquet(f"file://{path}")
    return PlainScript(spark, loop.landing_root, folder, model / MODEL_FILE, threshold, edges)


def engine_instance(folder: Path) -> DagsterInstance:
    """A Dagster instance with the storage that the platform's engine gives its own."""
    overrides = {"storage": storage_settings(folder)}
    return DagsterInstance.local_temp(str(folder), overrides=overrides)


def run_loop(loop: Loop, day: str) -> ExecuteInProcessResult:
    """The day as the landing sensor asks for it, up to the profiles."""
    stages = [stage for table in ("flights", "weather") for stage in stages_of(table)]
    return succeeded(loop.run(*stages, *(loop.model.path(s) for s in STAGES), day=day))


def seconds_in_steps(result: ExecuteInProcessResult) -> dict[str, float]:
    """Seconds by step, as Dagster recorded them."""
    return {
        str(event.step_key): event.step_success_data.duration_ms / 1000
        for event in result.all_events
        if event.event_type is DagsterEventType.STEP_SUCCESS
    }


def loop_day(loop: Loop, day: str) -> dict[str, dict[str, float]]:
    """Seconds of a day through the loop: in all, by part and by step."""
    inside = Breakdown()
    with inside.watching(PARTS), inside.part(REST):
        took, result = timed(lambda: run_loop(loop, day))
    return {
        "all": {"loop": took},
        "loop_by_part": dict(inside.seconds),
        "loop_by_step": seconds_in_steps(result),
    }


def plain_days(plain: PlainScript, lean: PlainScript, day: str) -> dict[str, dict[str, float]]:
    """Seconds of the same day through the script, in full and lean."""
    inside = Breakdown()
    with inside.watching(PLAIN_PARTS), inside.part("rest"):
        in_full, _ = timed(lambda: plain.run(day))
    without, _ = timed(lambda: lean.run(day, lean=True))
    return {"all": {"plain": in_full, "lean": without}, "plain_by_part": dict(inside.seconds)}


def compare(loop: Loop, plain: PlainScript, lean: PlainScript, days: list[str]) -> dict[str, Any]:
    """Each day by all three in turn; the first days warm up and are not counted."""
    turns = [(loop_day(loop, day), plain_days(plain, lean, day)) for day in days][WARM_UP:]
    seconds = [ours["all"] | theirs["all"] for ours, theirs in turns]
    middle = medians(seconds)
    steps = medians([ours["loop_by_step"] for ours, _ in turns])
    return {
        "seconds": {name: rounded([run[name] for run in seconds]) for name in middle},
        "medians": middle,
        "ratio": round(middle["loop"] / middle["plain"], 2),
        "ratio_to_lean": round(middle["loop"] / middle["lean"], 2),
        "loop_by_part": medians([ours["loop_by_part"] for ours, _ in turns]),
        "plain_by_part": medians([theirs["plain_by_part"] for _, theirs in turns]),
        "loop_by_step": steps,
        "loop_outside_steps": round(middle["loop"] - sum(steps.values()), 3),
    }


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of each part over the runs, largest first."""
    found = {name: median(run.get(name, 0.0) for run in runs) for name in runs[0]}
    return {k: round(v, 3) for k, v in sorted(found.items(), key=lambda kv: -kv[1])}


def measure(runs: int) -> None:
    """Prepare the history, compare, write the result."""
    days = days_after_history(WARM_UP + runs)
    with tempfile.TemporaryDirectory(prefix="benchmark") as scratch:
        folder = Path(scratch)
        (folder / "dagster").mkdir()
        with (
            warm_connect(folder) as spark,
            engine_instance(folder / "dagster") as instance,
        ):
            loop = trained_on_history(folder / "home", instance, len(days))
            scripts = [plain_script(loop, spark, folder / n, days) for n in ("plain", "lean")]
            found = compare(loop, *scripts, days)
    figures = [
        Figure("a day through the loop / the plain script", found["ratio"], "x", GOAL),
        Figure("the same / without quarantine and profiles", found["ratio_to_lean"], "x"),
    ]
    write_result("day_overhead", figures, {"runs": runs, **found})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    measure(parser.parse_args().runs)


if __name__ == "__main__":
    main()
