"""What made the features of a day is read from the files' footers, whoever wrote them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
from pyspark.sql import functions as F

from ml_platform.lifecycle.feature_definition import FEATURE_CODE, in_ranges, made_by
from ml_platform.stores.lake import Lake

ONE, OTHER = "a" * 64, "b" * 64
DAYS = ["2026-01-01", "2026-01-02", "2026-01-03"]


def test_the_code_of_each_partition_is_told_without_reading_rows(
    tmp_path: Path, spark: Any
) -> None:
    table = Lake(str(tmp_path)).table("m/features")
    assert made_by(table, DAYS) == {}
    former = pa.table({"x": [1, 2], "partition": [DAYS[0]] * 2})
    table.replace_arrow(former, DAYS[:1])
    rows = spark.range(1_000).selectExpr("id AS x", f"'{DAYS[1]}' AS partition")
    table.replace(
        rows.withColumn(FEATURE_CODE, F.lit(ONE)).select("x", FEATURE_CODE, "partition"), DAYS[1:2]
    )
    mixed = {"x": [1, 2], FEATURE_CODE: [ONE, OTHER], "partition": [DAYS[2]] * 2}
    table.replace_arrow(pa.table(mixed), DAYS[2:])
    assert made_by(table, DAYS) == {DAYS[0]: None, DAYS[1]: ONE, DAYS[2]: None}
    assert made_by(table, DAYS[1:2]) == {DAYS[1]: ONE}


def test_partitions_that_follow_one_another_are_one_range() -> None:
    assert in_ranges(set(DAYS), DAYS) == [DAYS]
    assert in_ranges({DAYS[0], DAYS[2]}, DAYS) == [DAYS[:1], DAYS[2:]]
    assert in_ranges(set(), DAYS) == []
