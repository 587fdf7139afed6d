"""How fast a table is profiled from its Parquet files, in what memory, and what peers take.

Thirty columns (24 of numbers, six of text with 3 to 10,000 distinct values) of 1, 10 and 50 million
rows, and 500 columns of 400,000 rows; bins of a reference are given. By turns with ours the same
files are read by Spark into nothing, and by the same tasks of ours without counting. polars by
hand, Evidently and NannyML take the million rows; the latter two have no profiles and are given a
reference of another million.

The tables are made in processes of their own, so that memory is that of the pass alone.

    python -m benchmarks.profile_speed [--millions 1 10 50] [--runs 5] [--folder DIR]
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from benchmarks.figure import Figure, rounded, write_result
from benchmarks.local_spark import local_spark
from benchmarks.peak_memory import PeakMemory
from benchmarks.peers.environment import run_peer
from benchmarks.polars_profile import profiled
from benchmarks.scan_floor import read_alone, spark_scan
from benchmarks.stopwatch import timed
from benchmarks.wide_tables import plan_of, write_parts, write_wide
from ml_platform.core.profile_plan import ProfilePlan
from ml_platform.spark.profile_pass import ProfiledFiles, profile_pass

PEERS = Path(__file__).parent / "peers"
WARM_UP = 2
WIDE = (500, 400_000)
SECONDS_FOR_PEERS = 1_200.0


def measure_files(
    spark: SparkSession, files: Sequence[str], plan: ProfilePlan, runs: int
) -> dict[str, Any]:
    """Ours, Spark's scan and reading alone by turns."""
    ways: dict[str, Callable[[], object]] = {
        "ours": lambda: profile_pass(ProfiledFiles(spark, tuple(files)), plan),
        "spark_scan": lambda: spark_scan(spark, files),
        "reading_alone": lambda: read_alone(spark, files, plan),
    }
    seconds: dict[str, list[float]] = {way: [] for way in ways}
    memory = PeakMemory()
    for _ in range(runs):
        for way, work in ways.items():
            with memory.watching() if way == "ours" else PeakMemory().watching():
                seconds[way].append(timed(work)[0])
    rows = sum(pq.read_metadata(path).num_rows for path in files)
    taken = {way: median(each) for way, each in seconds.items()}
    return {
        "rows": rows,
        "columns": len(plan.edges),
        "bytes": sum(Path(path).stat().st_size for path in files),
        "seconds": {way: rounded(each) for way, each in seconds.items()},
        "million_rows_a_second": {way: round(rows / 1e6 / each, 3) for way, each in taken.items()},
        "to_spark_scan": round(taken["ours"] / taken["spark_scan"], 3),
        "to_reading_alone": round(taken["ours"] / taken["reading_alone"], 3),
        "peak_megabytes_of_python": round(memory.python),
        "peak_megabytes_with_java": round(memory.all),
    }


def by_peers(files: Sequence[str], plan: ProfilePlan, runs: int) -> dict[str, Any]:
    """What polars by hand, Evidently and NannyML take for the first of two files."""
    cuts = {cut.column: list(cut.edges) for cut in plan.edges if cut.kind == "numeric"}
    hand = [timed(lambda: profiled(files[:1], cuts))[0] for _ in range(1 + runs)][1:]
    sides = {"analysis": files[0], "reference": files[1]}
    found: dict[str, Any] = {"polars": {"seconds": median(hand), "runs": rounded(hand)}}
    for peer in ("evidently", "nannyml"):
        script = PEERS / f"{peer}_speed.py"
        found[peer] = run_peer(peer, script, sides, SECONDS_FOR_PEERS)
    return found


def figures_of(sizes: dict[int, dict[str, Any]], wide: dict[str, Any], peers: Any) -> list[Figure]:
    """The figures beside their goals."""
    found = [
        Figure(
            f"rows of 30 columns profiled, of {millions} million",
            each["million_rows_a_second"]["ours"],
            "M/s",
            1.0,
            True,
        )
        for millions, each in sizes.items()
    ]
    most = sizes[max(sizes)]
    found.append(Figure("the same / Spark's scan of the files", most["to_spark_scan"], "x", 2.0))
    found.append(Figure("the same / reading alone in our tasks", most["to_reading_alone"], "x"))
    least = sizes[min(sizes)]
    if len(sizes) > 1:
        growth = most["peak_megabytes_of_python"] / least["peak_megabytes_of_python"]
        what = f"memory for {max(sizes)} million rows / for {min(sizes)}"
        found.append(Figure(what, growth, "x", 1.25))
    ours = median(sizes[1]["seconds"]["ours"])
    for peer, goal in (("evidently", 50.0), ("nannyml", None), ("polars", None)):
        ratio = peers[peer]["seconds"] / ours
        found.append(Figure(f"a million rows: faster than {peer}", ratio, "x", goal, True))
    seconds = median(wide["seconds"]["ours"])
    found.append(Figure("400,000 rows of 500 columns", seconds, "s"))
    return found


def measure(millions: Sequence[int], runs: int, folder: Path) -> None:
    """Make the tables, run everything, write the result."""
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as apart:
        made = apart.submit(write_wide, folder / "wide", *WIDE)
        files = apart.submit(write_parts, folder / "parts", max(*millions, 2)).result()
        wide = made.result()
        plan = apart.submit(plan_of, files[1], 200_000).result()
        wide_plan = apart.submit(plan_of, wide, 20_000).result()
    with local_spark() as (spark, _):
        measure_files(spark, files[:1], plan, WARM_UP)
        taken = sorted({1, *millions})
        sizes = {each: measure_files(spark, files[:each], plan, runs) for each in taken}
        of_wide = measure_files(spark, [wide], wide_plan, runs)
    peers = by_peers(files, plan, runs)
    figures = figures_of(sizes, of_wide, peers)
    details = {
        "command": f"python -m benchmarks.profile_speed --millions {' '.join(map(str, millions))}",
        "sizes": {f"{each} million": found for each, found in sizes.items()},
        "wide": of_wide,
        "peers": peers,
    }
    write_result("profile_speed", figures, details)


@contextmanager
def folder_of(given: Path | None) -> Iterator[Path]:
    """The given folder, which stays; else one that is gone afterwards."""
    if given:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="profile_speed") as made:
        yield Path(made)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--millions", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="keeps the tables, some 10 GB")
    options = parser.parse_args()
    with folder_of(options.folder) as folder:
        measure(options.millions, options.runs, folder)


if __name__ == "__main__":
    main()
