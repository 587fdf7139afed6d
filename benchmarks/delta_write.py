"""What a Delta commit costs on top of Spark's own Parquet writer.

The same rows are written by turns as plain Parquet and as a lake table, both by partition, so
that a noisy machine hurts both alike. A day's partition of some hundred rows is written too.

    python -m benchmarks.delta_write [--rows 2000000] [--runs 7]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from benchmarks.figure import Figure, rounded, write_result
from benchmarks.local_spark import local_spark
from benchmarks.stopwatch import timed
from ml_platform.stores.lake import Lake

PARTITIONS = ["2013-01-01", "2013-01-02", "2013-01-03", "2013-01-04"]
SMALL_ROWS = 900
"""Flights of one day: the size of a daily partition."""
SMALL_RUNS = 15
WARM_UP = 2
GOAL = 1.2


def rows_of(spark: SparkSession, rows: int, partitions: list[str]) -> DataFrame:
    """Twelve columns of mixed types beside the partition."""
    columns = [
        F.col("id"),
        *[(F.rand(seed) * 1000).alias(f"number_{seed}") for seed in range(5)],
        *[(F.rand(seed) * 100).cast("int").alias(f"count_{seed}") for seed in range(5, 8)],
        *[F.concat(F.lit("v"), F.col("id") % size).alias(f"text_{size}") for size in (9, 99, 999)],
    ]
    names = F.array(*[F.lit(each) for each in partitions])
    day = F.element_at(names, (F.col("id") % len(partitions) + 1).cast("int"))
    return spark.range(rows).select(*columns, day.alias("partition"))


def compare(frame: DataFrame, root: Path, partitions: list[str], runs: int) -> dict[str, Any]:
    """Both ways by turns, each first in every other turn; the first turns are not counted."""
    table = Lake(str(root / "lake")).table("t")
    writer = frame.write.mode("overwrite").partitionBy("partition")
    ways: dict[str, Callable[[], object]] = {
        "plain": lambda: writer.parquet(str(root / "plain")),
        "delta": lambda: table.replace(frame, partitions),
    }
    seconds: dict[str, list[float]] = {"plain": [], "delta": []}
    for turn in range(WARM_UP + runs):
        for way in sorted(ways, reverse=bool(turn % 2)):
            took, _ = timed(ways[way])
            seconds[way].append(took)
    plain, delta = (seconds[way][WARM_UP:] for way in ("plain", "delta"))
    a, b = median(plain), median(delta)
    return {
        "plain_parquet_seconds": rounded(plain),
        "delta_seconds": rounded(delta),
        "plain_parquet_median": round(a, 3),
        "delta_median": round(b, 3),
        "ratio": round(b / a, 3),
        "extra_seconds": round(b - a, 3),
    }


def measure(rows: int, runs: int) -> None:
    """Compare at both sizes and write the result."""
    with local_spark() as (spark, folder):
        big = rows_of(spark, rows, PARTITIONS)
        small = rows_of(spark, SMALL_ROWS, PARTITIONS[:1]).coalesce(1)
        columns = len(big.columns) - 1
        many = compare(big, folder / "big", PARTITIONS, runs)
        few = compare(small, folder / "small", PARTITIONS[:1], SMALL_RUNS)
    figures = [
        Figure("Delta write / plain Parquet", many["ratio"], "x", GOAL),
        Figure(f"the same of {SMALL_ROWS} rows", few["ratio"], "x"),
    ]
    details = {
        "rows": rows,
        "columns": columns,
        "big_write": many,
        "small_partition_rows": SMALL_ROWS,
        "small_partition": few,
    }
    write_result("delta_write", figures, details)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    measure(options.rows, options.runs)


if __name__ == "__main__":
    main()
