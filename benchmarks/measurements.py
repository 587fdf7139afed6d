"""A table of 19 columns with a contract of 32 checks: what the contract benchmark judges."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandera.pyspark as pa
from pyspark.sql import Column, SparkSession
from pyspark.sql import functions as F
from pyspark.sql import types as T

CODES = ["aa", "bb", "cc", "dd"]
CHECKS = 32
FILES = 4


class Measurements(pa.DataFrameModel):
    """19 columns, none of them nullable, with 32 checks of their values.

    Three checks fail: ``i2 < 998``, ``d3 <= 0.999`` and ``b1 = true``, each in one row of
    five hundred or fewer.
    """

    id: T.LongType = pa.Field(ge=0)
    i1: T.IntegerType = pa.Field(in_range=(0, 999), ne=-1)
    i2: T.IntegerType = pa.Field(ge=0, lt=998)
    i3: T.IntegerType = pa.Field(notin=[1000, 1001], le=999)
    i4: T.IntegerType = pa.Field(gt=-1, ne=1000)
    i5: T.IntegerType = pa.Field(in_range=(0, 999))
    d1: T.DoubleType = pa.Field(in_range=(0.0, 1.0))
    d2: T.DoubleType = pa.Field(gt=-1.0, lt=2.0)
    d3: T.DoubleType = pa.Field(ge=0.0, le=0.999)
    d4: T.DoubleType = pa.Field(ge=0.0, le=1.0)
    d5: T.DoubleType = pa.Field(in_range=(0.0, 1.0))
    s1: T.StringType = pa.Field(isin=CODES, str_length={"min_value": 2, "max_value": 2})
    s2: T.StringType = pa.Field(str_matches=r"^[a-z]{2}$", notin=["zz"])
    s3: T.StringType = pa.Field(str_startswith="n", str_length={"min_value": 2, "max_value": 8})
    s4: T.StringType = pa.Field(str_length={"min_value": 2, "max_value": 8}, str_startswith="n")
    s5: T.StringType = pa.Field(str_matches=r"^n[0-9]+$", str_contains="n")
    t1: T.TimestampType = pa.Field(ge=datetime(1970, 1, 1), lt=datetime(2100, 1, 1))
    t2: T.DateType = pa.Field(in_range=(date(1970, 1, 1), date(2100, 1, 1)))
    b1: T.BooleanType = pa.Field(eq=True)


class Keyed(Measurements):
    """The same, with a key that holds."""

    class Config:
        """The key."""

        unique: list[str] = ["id"]  # noqa: RUF012


def write_table(spark: SparkSession, rows: int, folder: Path) -> list[str]:
    """Write the table as Parquet files, and name them."""
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
    spark.range(rows, numPartitions=FILES).withColumns(columns).write.parquet(str(folder))
    return sorted(map(str, folder.glob("*.parquet")))
