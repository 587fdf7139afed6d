"""Separates a landed table of many constrained columns; run as a process of its own.

``python -m ml_platform_tests.spark.wide_contract <address or local> <folder> <columns>...``
prints, as JSON by number of columns, how many rows were good, and how many reasons the bad one has.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pandera.pyspark as pa
from pyspark.sql import types as T

from ml_platform.spark.contract import compile_contract
from ml_platform.spark.session import open_session

TAIL = (
    "_extra string, _malformed string, _source_file string, _source_sha256 string, "
    "_row_number long, _ingested_at timestamp, partition string"
)


def contract_of(columns: int) -> type[pa.DataFrameModel]:
    """A contract of so many whole numbers from 0 to 100, the first of them the key."""
    names = [f"c{i}" for i in range(columns)]
    body: dict[str, Any] = {name: pa.Field(in_range=(0, 100)) for name in names}
    config = type("Config", (), {"unique": ["c0"]})
    types = dict.fromkeys(names, T.IntegerType)
    return type("Wide", (pa.DataFrameModel,), {"__annotations__": types, **body, "Config": config})


def separated(spark: Any, folder: Path, columns: int) -> dict[str, Any]:
    """Three rows, of which the last breaks each column's range."""
    names = [f"c{i}" for i in range(columns)]
    tail = (None, None, "f.csv", "abc")
    rows = [
        (
            *map(str, [row] * columns if row < 2 else [101] * columns),
            *tail,
            row,
            MOMENT,
            "2013-01-07",
        )
        for row in range(3)
    ]
    raw = spark.createDataFrame(rows, ", ".join(f"{n} string" for n in names) + ", " + TAIL)
    begun = time.perf_counter()
    split = compile_contract(contract_of(columns)).split(raw)
    split.validated.write.parquet(str(folder / f"validated-{columns}"))
    [reasons] = [len(row["_reasons"]) for row in split.quarantine.select("_reasons").collect()]
    report = split.report()
    judged = compile_contract(contract_of(columns)).verdicts(
        spark, [str(path) for path in (folder / f"validated-{columns}").glob("*.parquet")]
    )
    return {
        "good": report.rows - report.bad_rows,
        "reasons": reasons,
        "failing checks": sum(not each.passed for each in report.verdicts),
        "judged": judged.rows,
        "seconds": round(time.perf_counter() - begun, 1),
    }


MOMENT = datetime(2013, 1, 7)


def main() -> None:
    where, folder, *columns = sys.argv[1:]
    spark = open_session(None if where == "local" else where, Path(folder) / "scratch")
    print(json.dumps({count: separated(spark, Path(folder), int(count)) for count in columns}))
    spark.stop()


if __name__ == "__main__":
    main()
