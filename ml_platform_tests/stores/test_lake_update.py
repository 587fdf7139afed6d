"""Writers that add to what a partition holds, each from what it read before."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ml_platform.stores.lake import Lake, LakeTable
from ml_platform.stores.lake_change import NEVER_WRITTEN
from ml_platform.stores.lake_errors import PartitionChangedError
from ml_platform.stores.lake_update import ATTEMPTS, update_partitions

DAY, OTHER = "2013-01-01", "2013-01-02"


@pytest.fixture
def table(tmp_path: Path) -> LakeTable:
    return Lake(str(tmp_path)).table("log")


def numbers(table: LakeTable, day: str = DAY) -> list[int]:
    return sorted(table.read_arrow([day])["number"].to_pylist())


def write(table: LakeTable, day: str, *values: int) -> None:
    rows = pa.table({"number": pa.array(values, pa.int64()), "partition": [day] * len(values)})
    table.replace_arrow(rows, [day])


def adding(
    spark: Any, value: int, meanwhile: Callable[[], object] = lambda: None
) -> Callable[[Any], Any]:
    """A reviser that adds one number, while something else happens after it has read."""

    def revised(recorded: Any) -> Any:
        meanwhile()
        fresh = spark.sql(f"select {value}L number, '{DAY}' partition")
        return recorded.unionByName(fresh) if recorded is not None else fresh

    return revised


def test_of_two_first_writers_neither_loses_its_rows(table: LakeTable, spark: Any) -> None:
    others = iter([1])
    late = adding(spark, 2, lambda: [write(table, DAY, each) for each in others])
    update_partitions(table, spark, [DAY], late)
    assert numbers(table) == [1, 2]


def test_rows_added_between_read_and_write_stay(table: LakeTable, spark: Any) -> None:
    write(table, DAY, 1)
    others = iter([2])
    late = adding(spark, 3, lambda: [write(table, DAY, 1, each) for each in others])
    done = update_partitions(table, spark, [DAY], late)
    assert numbers(table) == [1, 2, 3]
    assert done.rows == {DAY: 3}
    assert len(list(table.root.glob("partition=*/*.parquet"))) - len(table._open().files) == 2


def test_two_writers_at_once_lose_nothing(table: LakeTable, spark: Any) -> None:
    def add(values: range) -> None:
        for value in values:
            update_partitions(table, spark, [DAY], adding(spark, value))

    with ThreadPoolExecutor(2) as writers:
        # Fewer turns each than attempts: a lost attempt is a turn of the other.
        list(writers.map(add, [range(0, 4), range(4, 8)]))
    assert numbers(table) == list(range(8))


def test_a_change_of_another_partition_costs_no_second_attempt(
    table: LakeTable, spark: Any
) -> None:
    write(table, DAY, 1)
    calls: list[int] = []

    def meanwhile() -> None:
        calls.append(1)
        write(table, OTHER, 9)

    update_partitions(table, spark, [DAY], adding(spark, 2, meanwhile))
    assert (numbers(table), numbers(table, OTHER), len(calls)) == ([1, 2], [9], 1)


def test_a_writer_that_always_comes_too_late_says_so_and_leaves_no_file(
    table: LakeTable, spark: Any
) -> None:
    write(table, DAY, 0)
    others = iter(range(1, 100))
    late = adding(spark, -1, lambda: write(table, DAY, next(others)))
    with pytest.raises(PartitionChangedError, match=f"table log: another run changed {DAY} while"):
        update_partitions(table, spark, [DAY], late)
    assert numbers(table) == [ATTEMPTS]
    assert len(list(table.root.glob("partition=*/*.parquet"))) == ATTEMPTS + 1


def test_an_unpartitioned_table_is_compared_as_a_whole(table: LakeTable, spark: Any) -> None:
    table.replace(spark.range(3), None, unless_changed_since=NEVER_WRITTEN)
    with pytest.raises(PartitionChangedError, match="another run changed it while"):
        table.replace(spark.range(4), None, unless_changed_since=NEVER_WRITTEN)
    table.replace(spark.range(5), None, unless_changed_since=0)
    assert table.row_counts() == {"": 5}
