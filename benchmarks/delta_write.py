"""What a Delta commit costs on top of Spark's own Parquet writer.

The same rows are written by turns as plain Parquet and as a lake table, both by partition, so
that a noisy machine hurts both alike. The ratio of the medians should stay at or below 1.2.

    python -m benchmarks.delta_write --rows 2000000 --runs 5
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ml_platform.spark.session import spark_config
from ml_platform.stores.lake import Lake

RESULT = Path(__file__).parent / "results" / "delta_write.json"
PARTITIONS = ["2013-01-01", "2013-01-02", "2013-01-03", "2013-01-04"]
SMALL_ROWS = 900
"""Flights of one day: the size of a daily partition."""
SMALL_RUNS = 15
GOAL = 1.2


def rows_of(spark: Any, rows: int, partitions: list[str]) -> Any:
    """Twelve columns of mixed types beside the partition."""
    from pyspark.sql import functions as F

    columns = [
        F.col("id"),
        *[(F.rand(seed) * 1000).alias(f"number_{seed}") for seed in range(5)],
        *[(F.rand(seed) * 100).cast("int").alias(f"count_{seed}") for seed in range(5, 8)],
        *[F.concat(F.lit("v"), F.col("id") % size).alias(f"text_{size}") for size in (9, 99, 999)],
    ]
    names = F.array(*[F.lit(each) for each in partitions])
    day = F.element_at(names, (F.col("id") % len(partitions) + 1).cast("int"))
    return spark.range(rows).select(*columns, day.alias("partition"))


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compare(frame: Any, root: Path, partitions: list[str], runs: int) -> dict[str, Any]:
    """Both ways by turns; the first turn warms up and is not counted."""
    table = Lake(str(root / "lake")).table("t")
    folder = str(root / "plain")
    writer = frame.write.mode("overwrite").partitionBy("partition")
    plain, delta = [], []
    for _ in range(runs + 1):
        plain.append(seconds(lambda: writer.parquet(folder)))
        delta.append(seconds(lambda: table.replace(frame, partitions)))
    a, b = statistics.median(plain[1:]), statistics.median(delta[1:])
    return {
        "plain_parquet_seconds": [round(each, 3) for each in plain[1:]],
        "delta_seconds": [round(each, 3) for each in delta[1:]],
        "plain_parquet_median": round(a, 3),
        "delta_median": round(b, 3),
        "ratio": round(b / a, 3),
        "extra_seconds": round(b - a, 3),
    }


def measure(rows: int, runs: int) -> dict[str, Any]:
    from pyspark.sql import SparkSession

    root = Path(tempfile.mkdtemp(prefix="delta_write"))
    builder = SparkSession.builder
    for key, value in spark_config(None, root / "scratch").items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    try:
        big = rows_of(spark, rows, PARTITIONS)
        small = rows_of(spark, SMALL_ROWS, PARTITIONS[:1]).coalesce(1)
        return {
            "rows": rows,
            "columns": len(big.columns) - 1,
            "runs": runs,
            "goal_ratio": GOAL,
            "big_write": compare(big, root / "big", PARTITIONS, runs),
            "small_partition_rows": SMALL_ROWS,
            "small_partition": compare(small, root / "small", PARTITIONS[:1], SMALL_RUNS),
        }
    finally:
        spark.stop()
        shutil.rmtree(root)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    result = measure(arguments.rows, arguments.runs)
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
