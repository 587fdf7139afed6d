"""The compiled contract pass against pandera.pyspark's own ``validate``.

The same table (19 columns, 32 checks of values, and 19 columns that must not be null) lies on disk
as Parquet files, typed, and is judged by both in turn on one local session: pandera collects its
errors on the frame of the files, ours gives its verdicts on the files themselves. Both must name
the same failed checks, and some fail on purpose.
A second pair judges a unique key besides.

    python -m benchmarks.contract_pass [--rows 1000000] [--runs 7]
"""

from __future__ import annotations

import argparse
from statistics import median
from typing import Any

import pyspark
from pyspark.sql import SparkSession

from benchmarks.figure import Figure, rounded, write_result
from benchmarks.local_spark import local_spark
from benchmarks.measurements import CHECKS, Keyed, Measurements, write_table
from benchmarks.stopwatch import timed
from ml_platform.spark.contract import ContractReport, compile_contract

# Java compiles what it has run a few times: the first rounds are not measured.
WARM_UP = 3
GOAL = 10.0


def failed_by_pandera(errors: dict[str, Any]) -> set[tuple[str, str]]:
    """Failed checks in pandera's errors as (column, check)."""
    entries = [e for kinds in errors.values() for found in kinds.values() for e in found]
    return {(str(e["column"]), str(e["check"])) for e in entries}


def failed_by_us(report: ContractReport) -> set[tuple[str, str]]:
    """Failed checks in our report as (column, check)."""
    return {(str(v.column), v.check) for v in report.verdicts if not v.passed}


def compare(model: Any, spark: SparkSession, files: list[str], runs: int) -> dict[str, Any]:
    """Judge the files by both in turn, after unmeasured rounds of each."""
    contract = compile_contract(model)
    frame = spark.read.parquet(*files)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(WARM_UP + runs):
        seconds, report = timed(lambda: contract.verdicts(spark, files))
        ours.append(seconds)
        seconds, validated = timed(lambda: model.validate(frame))
        theirs.append(seconds)
        if failed_by_us(report) != failed_by_pandera(validated.pandera.errors):
            raise AssertionError(f"{failed_by_us(report)} != {validated.pandera.errors}")
    a, b = median(ours[WARM_UP:]), median(theirs[WARM_UP:])
    return {
        "verdicts": len(report.verdicts),
        "failed_checks": sorted(": ".join(each) for each in failed_by_us(report)),
        "ours_seconds": rounded(ours[WARM_UP:]),
        "pandera_seconds": rounded(theirs[WARM_UP:]),
        "ours_median": round(a, 3),
        "pandera_median": round(b, 3),
        "ratio": round(b / a, 2),
    }


def measure(rows: int, runs: int) -> None:
    """Run both comparisons and write the result."""
    with local_spark() as (spark, folder):
        files = write_table(spark, rows, folder / "table")
        checks = compare(Measurements, spark, files, runs)
        keyed = compare(Keyed, spark, files, runs)
    figures = [
        Figure("contract of 32 checks: faster than pandera", checks["ratio"], "x", GOAL, True),
        Figure("the same with a unique key", keyed["ratio"], "x"),
    ]
    details = {
        "rows": rows,
        "columns": len(Measurements.to_schema().columns),
        "value_checks": CHECKS,
        "pyspark": pyspark.__version__,
        "checks": checks,
        "checks_and_unique_key": keyed,
    }
    write_result("contract_pass", figures, details)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    measure(options.rows, options.runs)


if __name__ == "__main__":
    main()
