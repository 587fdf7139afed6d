from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml_platform.spark import partition_counts
from ml_platform.spark.partition_counts import Asked, count_partitions

ASKED = Asked(nulls=("temp", "code"), texts=("code", "dest"), repeats=("code", "temp"))
DAY, HOUR = "2013-01-07", "2013-01-07-05%3A00"


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    """A day in two files of several row groups, and an hour in an older file without `dest`."""
    codes = ["AA", "UA", None, "AA", "é", "UA"]
    temps = [1.0, None, 3.0, 1.0, 5.0, 6.0]
    whole = pa.table({"code": codes, "dest": ["x", "y", "z"] * 2, "temp": temps})
    files = {
        f"partition={DAY}/a.parquet": whole.slice(0, 4),
        f"partition={DAY}/b.parquet": whole.slice(4),
        f"partition={HOUR}/a.parquet": whole.select(["code", "temp"]).slice(0, 2),
    }
    for path, rows in files.items():
        tmp_path.joinpath(path).parent.mkdir(exist_ok=True)
        pq.write_table(rows, tmp_path / path, row_group_size=2)
    return [str(tmp_path / path) for path in files]


@pytest.mark.parametrize("here", [True, False], ids=["on the driver", "in Spark's tasks"])
def test_each_partition_is_counted_by_itself(
    spark: Any, paths: list[str], monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    monkeypatch.setattr(partition_counts, "BYTES_TO_READ_HERE", 2**20 if here else 0)

    counts = count_partitions(spark, paths, ASKED)

    day, hour = counts[DAY], counts["2013-01-07-05:00"]
    assert (day.rows, day.nulls, day.repeated) == (6, {"temp": 1, "code": 1}, 1)
    assert {name: round(n) for name, n in day.distinct.items()} == {"code": 3, "dest": 3}
    assert (hour.rows, hour.nulls, hour.repeated) == (2, {"temp": 1, "code": 0}, 0)
    assert {name: round(n) for name, n in hour.distinct.items()} == {"code": 2, "dest": 0}


def test_a_column_that_a_file_lacks_is_null_in_it(spark: Any, paths: list[str]) -> None:
    counts = count_partitions(spark, paths[2:], Asked(nulls=("dest",)))

    assert counts["2013-01-07-05:00"].nulls == {"dest": 2}


def test_what_footers_tell_needs_no_pass(spark: Any, paths: list[str]) -> None:
    counts = count_partitions(spark, paths[:2], Asked(nulls=("temp",)))

    assert counts[DAY].nulls == {"temp": 1}
    assert (counts[DAY].distinct, counts[DAY].repeated) == ({}, None)


def test_too_many_rows_to_compare_are_not_compared(
    spark: Any, paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partition_counts, "ROWS_TO_SORT_HERE", 5)

    assert count_partitions(spark, paths[:2], ASKED)[DAY].repeated is None


def test_thousands_of_distinct_values_are_counted_to_a_few_percent(
    spark: Any, tmp_path: Path
) -> None:
    path = tmp_path / f"partition={DAY}" / "a.parquet"
    path.parent.mkdir()
    pq.write_table(pa.table({"code": [f"c{i % 7_000}" for i in range(20_000)]}), path)

    counts = count_partitions(spark, [str(path)], Asked(texts=("code",)))

    assert counts[DAY].distinct["code"] == pytest.approx(7_000, rel=0.1)
