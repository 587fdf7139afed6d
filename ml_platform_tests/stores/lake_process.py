"""Another process at work on the lake; tests start it, race it and kill it.

``python -m ml_platform_tests.stores.lake_process <role> <lake root> ...`` prints ``ready`` once it
can write.
"""

from __future__ import annotations

import itertools
import subprocess
import sys
from pathlib import Path

import pyarrow as pa

from ml_platform.stores.lake import Lake

PARTITIONS = ["2013-01-01", "2013-01-02", "2013-01-03"]
ROWS = 500


def rows_of(value: int, partitions: list[str], rows: int = ROWS) -> pa.Table:
    """Rows that all carry one value, so that a mixture of two writes shows."""
    partition = [each for each in partitions for _ in range(rows)]
    row = list(range(rows)) * len(partitions)
    return pa.table({"row": row, "value": [value] * len(row), "partition": partition})


def start(*arguments: str, **options: object) -> subprocess.Popen[str]:
    """Start this module as a process of its own."""
    command = [sys.executable, "-m", "ml_platform_tests.stores.lake_process", *arguments]
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=Path(__file__).parents[2],
        **options,  # type: ignore[call-overload]
    )


def write_versions(root: str, first: str) -> None:
    """Write version after version, each over all partitions, until killed."""
    table = Lake(root).table("t")
    for value in itertools.count(int(first)):
        table.replace_arrow(rows_of(value, PARTITIONS), PARTITIONS)
        print("ready", flush=True)


def write_versions_with_spark(root: str, first: str) -> None:
    """The same with Spark as the writer."""
    from pyspark.sql import functions as F

    from ml_platform.spark.session import open_session

    spark = open_session(None, Path(root).parent / "scratch")
    table = Lake(root).table("t")
    days = F.explode(F.array(*[F.lit(each) for each in PARTITIONS]))
    base = spark.range(ROWS).select(F.col("id").alias("row"), days.alias("partition"))
    for value in itertools.count(int(first)):
        frame = base.select("row", F.lit(value).cast("long").alias("value"), "partition")
        table.replace(frame, PARTITIONS)
        print("ready", flush=True)


def write_on_demand(root: str, value: str) -> None:
    """Replace one partition of each table whose name comes in, at once."""
    lake = Lake(root)
    print("ready", flush=True)
    for name in sys.stdin:
        lake.table(name.strip()).replace_arrow(rows_of(int(value), PARTITIONS[:1]), PARTITIONS[:1])
        print("done", flush=True)


def append_numbers(root: str, first: str, count: str) -> None:
    """Append one row after another to one table."""
    table = Lake(root).table("log")
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(int(first), int(first) + int(count)):
        table.append_arrow(pa.table({"number": [number]}), app=(f"n{number}", 1))
    print("done", flush=True)


if __name__ == "__main__":
    role, *rest = sys.argv[1:]
    {
        "versions": write_versions,
        "spark-versions": write_versions_with_spark,
        "on-demand": write_on_demand,
        "append": append_numbers,
    }[role](*rest)
