"""The compiled contract pass against pandera.pyspark's own ``validate``.

The same typed table (19 columns, 32 checks) is judged by both in turn, on one local session;
medians of the runs, and their ratio, go to ``benchmarks/results/contract_pass.json``. Both must
give the same verdicts, and some checks fail on purpose.

The table is held in memory, so that both are timed on judging and not on reading Parquet, whose
statistics would let pandera's filters skip what a table just typed from text has to be read for.

    python benchmarks/contract_pass.py [--rows 1000000] [--runs 3]
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import pandera.pyspark as pa
import pyspark
from pyspark.sql import Column, DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

from ml_platform.spark.contract import ContractReport, compile_contract
from ml_platform.spark.session import spark_config

# Java compiles what it has run a few times: the first rounds are not measured.
WARM_UP = 3
RESULT = Path(__file__).parent / "results" / "contract_pass.json"
CODES = ["aa", "bb", "cc", "dd"]


class Measurements(pa.DataFrameModel):
    """19 columns; 32 checks: 19 for nulls, 12 of values, 1 of the key."""

    id: T.LongType = pa.Field(ge=0)
    i1: T.IntegerType = pa.Field(in_range=(0, 999))
    i2: T.IntegerType = pa.Field(lt=500)
    i3: T.IntegerType = pa.Field(notin=[1000, 1001])
    i4: T.IntegerType = pa.Field()
    i5: T.IntegerType = pa.Field()
    d1: T.DoubleType = pa.Field(in_range=(0.0, 1.0))
    d2: T.DoubleType = pa.Field(gt=-1.0)
    d3: T.DoubleType = pa.Field(le=0.5)
    d4: T.DoubleType = pa.Field()
    d5: T.DoubleType = pa.Field()
    s1: T.StringType = pa.Field(isin=CODES)
    s2: T.StringType = pa.Field(str_matches=r"^[a-z]{2}$")
    s3: T.StringType = pa.Field(str_startswith="n")
    s4: T.StringType = pa.Field(str_length={"min_value": 2, "max_value": 8})
    s5: T.StringType = pa.Field()
    t1: T.TimestampType = pa.Field()
    t2: T.DateType = pa.Field()
    b1: T.BooleanType = pa.Field(eq=True)

    class Config:
        """The key."""

        unique: list[str] = ["id"]  # noqa: RUF012


def table(spark: SparkSession, rows: int) -> DataFrame:
    """The typed table; ``i2``, ``d3`` and ``b1`` hold values that their checks refuse."""
    code = F.element_at(F.array(*map(F.lit, CODES)), (F.col("id") % 4 + 1).cast("int"))
    columns: dict[str, Column] = {
        **{f"i{n}": ((F.col("id") * 7919 * n) % 1000).cast("int") for n in range(1, 6)},
        **{f"d{n}": F.rand(seed=n) for n in range(1, 6)},
        "s1": code,
        "s2": code,
        **{f"s{n}": F.concat(F.lit("n"), (F.col("id") % 9999).cast("string")) for n in (3, 4, 5)},
        "t1": F.timestamp_seconds(F.col("id")),
        "t2": F.to_date(F.timestamp_seconds(F.col("id"))),
        "b1": F.col("id") % 1000 != 0,
    }
    return spark.range(rows).withColumns(columns)


def failed_by_pandera(errors: dict[str, Any]) -> set[tuple[str, str]]:
    """Failed checks in pandera's errors as (column, check)."""
    entries = [e for kinds in errors.values() for found in kinds.values() for e in found]
    return {(str(e["column"]), str(e["check"])) for e in entries}


def failed_by_us(report: ContractReport) -> set[tuple[str, str]]:
    """Failed checks in our report as (column, check), table checks under the contract's name."""
    return {(v.column or "Measurements", v.check) for v in report.verdicts if not v.passed}


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that the work took, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def compare(frame: DataFrame, runs: int) -> dict[str, Any]:
    """Judge the frame by both in turn, after unmeasured rounds of each."""
    contract = compile_contract(Measurements)
    ours: list[float] = []
    theirs: list[float] = []
    for _ in range(WARM_UP + runs):
        seconds, report = timed(lambda: contract.verdicts(frame))
        ours.append(seconds)
        seconds, validated = timed(lambda: Measurements.validate(frame))
        theirs.append(seconds)
        if failed_by_us(report) != failed_by_pandera(validated.pandera.errors):
            raise AssertionError(f"{failed_by_us(report)} != {validated.pandera.errors}")
    return {
        "checks": len(report.verdicts),
        "columns": len(contract.columns),
        "failed_checks": sorted(failed_by_us(report)),
        "ours_seconds": ours[WARM_UP:],
        "pandera_seconds": theirs[WARM_UP:],
        "ours_median": median(ours[WARM_UP:]),
        "pandera_median": median(theirs[WARM_UP:]),
        "ratio": median(theirs[WARM_UP:]) / median(ours[WARM_UP:]),
    }


def main() -> None:
    """Run the comparison and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        builder = SparkSession.builder
        for key, value in spark_config(None, Path(scratch)).items():
            builder = builder.config(key, value)
        spark = builder.getOrCreate()
        spark.sparkContext.setLogLevel("ERROR")
        frame = table(spark, options.rows).cache()
        frame.count()
        result = compare(frame, options.runs)
        spark.stop()
    result |= {"rows": options.rows, "cpus": os.cpu_count(), "pyspark": pyspark.__version__}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
