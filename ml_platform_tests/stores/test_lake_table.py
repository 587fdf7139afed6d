"""A table as its users see it: replaced by partition, read by Spark, pyarrow and others."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml_platform.core.errors import StoreError
from ml_platform.stores.lake import Lake, LakeTable
from ml_platform_tests.stores.lake_process import PARTITIONS, ROWS, rows_of

AWKWARD = ["2013-01-01-05:00", "it's ä, %25 or x=1/2", "2013-01-03"]
EVERY_TYPE = """
    select id, cast(id as int) i, id * 1.5D x, id % 2 = 0 yes, concat('s', id) s,
      date'2013-01-01' d, timestamp'2013-01-01 05:06:07.000008' at,
      array(named_struct('column', 'c', 'value', cast(id as string))) reasons,
      map('k', id) m, named_struct('a', id, 'b', cast(null as string)) st, '{partition}' partition
    from range({rows})
"""


@pytest.fixture
def table(tmp_path: Path) -> LakeTable:
    return Lake(str(tmp_path)).table("flights/raw")


def every_type(spark: Any, partition: str, rows: int) -> Any:
    query = EVERY_TYPE.format(partition=partition.replace("'", "\\'"), rows=rows)
    return spark.sql(query).coalesce(1)


def text_of(rows: pa.Table) -> list[str]:
    return sorted(map(str, rows.to_pylist()))


def test_a_table_is_unknown_before_its_first_write(table: LakeTable) -> None:
    assert not table.exists()
    assert table.version() is None
    assert table.partitions() == []
    assert table.row_counts() == {}
    with pytest.raises(StoreError, match="table flights/raw has not been written yet"):
        table.schema()


def test_spark_and_pyarrow_read_every_type_that_spark_wrote(table: LakeTable, spark: Any) -> None:
    for partition in AWKWARD:
        done = table.replace(every_type(spark, partition, 20), [partition])
        assert done.rows == {partition: 20}
        assert done.files == 1
    assert table.partitions() == sorted(AWKWARD)
    rows = table.read_arrow([AWKWARD[1]])
    assert rows.num_rows == 20
    assert rows.schema == table.schema()
    assert rows.schema.field("partition").type == pa.string()
    first = rows.to_pylist()[0]
    assert first["at"] == datetime(2013, 1, 1, 5, 6, 7, 8, tzinfo=UTC)
    assert first["d"] == date(2013, 1, 1)
    assert first["reasons"] == [{"column": "c", "value": "0"}]
    assert first["partition"] == AWKWARD[1]
    assert text_of(table.read(spark).toArrow()) == text_of(table.read_arrow())
    assert table.read(spark, [AWKWARD[0]], columns=["partition", "id"]).first() == (AWKWARD[0], 0)


def test_replacing_a_partition_leaves_the_others(table: LakeTable, spark: Any) -> None:
    table.replace_arrow(rows_of(1, PARTITIONS), PARTITIONS)
    frame = table.read(spark, PARTITIONS[:1]).selectExpr("row", "value + 1 value", "partition")
    done = table.replace(frame.limit(7), PARTITIONS[:1])
    assert (done.version, done.rows) == (1, {PARTITIONS[0]: 7})
    assert table.row_counts() == {PARTITIONS[0]: 7, PARTITIONS[1]: ROWS, PARTITIONS[2]: ROWS}
    assert set(table.read_arrow(PARTITIONS[:1])["value"].to_pylist()) == {2}


def test_a_partition_replaced_by_no_rows_is_empty_and_not_listed(
    table: LakeTable, spark: Any
) -> None:
    table.replace_arrow(rows_of(1, PARTITIONS), PARTITIONS)
    done = table.replace(table.read(spark).where("false"), PARTITIONS[:2])
    assert (done.rows, done.files) == ({PARTITIONS[0]: 0, PARTITIONS[1]: 0}, 0)
    assert table.partitions() == PARTITIONS[2:]
    assert table.read(spark, PARTITIONS[:2]).count() == 0
    assert table.read(spark, PARTITIONS[:2]).columns == ["row", "value", "partition"]
    assert table.read_arrow(PARTITIONS[:2]).schema == table.schema()


def test_staged_rows_are_in_the_table_only_once_committed(table: LakeTable, spark: Any) -> None:
    table.replace(every_type(spark, "a", 3), ["a"])
    with table.staged(every_type(spark, "a", 7), ["a"]) as rows:
        assert table.row_counts() == {"a": 3}
        assert rows.commit().rows == {"a": 7}
    assert table.row_counts() == {"a": 7}


def test_staged_rows_that_are_not_committed_leave_nothing_behind(
    table: LakeTable, spark: Any
) -> None:
    table.replace(every_type(spark, "a", 3), ["a"])
    before = sorted(table.root.rglob("*.parquet"))
    with table.staged(every_type(spark, "a", 7), ["a"]):
        assert len(list(table.root.rglob("*.parquet"))) == len(before) + 1
    assert sorted(table.root.rglob("*.parquet")) == before
    assert table.row_counts() == {"a": 3}


def test_cleared_partitions_are_empty_and_others_stay(table: LakeTable, spark: Any) -> None:
    with pytest.raises(StoreError, match="has not been written yet"):
        table.clear(["a"])
    for partition in ("a", "b"):
        table.replace(every_type(spark, partition, 3), [partition])
    assert table.clear(["a", "c"]).rows == {"a": 0, "c": 0}
    assert table.row_counts() == {"b": 3}


def test_a_first_write_without_rows_makes_an_empty_table(table: LakeTable, spark: Any) -> None:
    table.replace(every_type(spark, "2013-01-01", 0), ["2013-01-01"])
    assert table.exists()
    assert table.read(spark).columns == table.schema().names
    assert table.read(spark).count() == table.read_arrow().num_rows == 0


def test_an_unpartitioned_table_is_replaced_whole(table: LakeTable, spark: Any) -> None:
    table.replace(spark.range(10), None)
    done = table.replace(spark.range(4), None)
    assert done.rows == {"": 4}
    assert sorted(table.read_arrow()["id"].to_pylist()) == [0, 1, 2, 3]
    assert table.read(spark).count() == 4
    with pytest.raises(StoreError, match="is not partitioned"):
        table.read_arrow(["2013-01-01"])


def test_a_partitioned_table_is_not_replaced_whole_by_mistake(table: LakeTable) -> None:
    table.replace_arrow(rows_of(1, PARTITIONS), PARTITIONS)
    with pytest.raises(StoreError, match="is partitioned: name the partitions"):
        table.replace_arrow(rows_of(2, PARTITIONS), None)


def test_rows_outside_the_named_partitions_are_refused(table: LakeTable) -> None:
    table.replace_arrow(rows_of(1, PARTITIONS), PARTITIONS)
    with pytest.raises(StoreError, match="rows of partition 2013-01-03 among those written to"):
        table.replace_arrow(rows_of(2, PARTITIONS), PARTITIONS[:2])
    assert set(table.read_arrow()["value"].to_pylist()) == {1}


@pytest.mark.parametrize("missing", [None, ""])
def test_rows_without_a_partition_are_refused(
    table: LakeTable, spark: Any, missing: str | None
) -> None:
    rows = pa.table({"a": [1], "partition": pa.array([missing], pa.string())})
    with pytest.raises(StoreError, match="some rows have no value in 'partition'"):
        table.replace_arrow(rows, PARTITIONS)
    with pytest.raises(StoreError, match="some rows have no value in 'partition'"):
        table.replace(spark.createDataFrame(rows), PARTITIONS)


def test_a_new_column_is_null_in_older_rows(table: LakeTable, spark: Any) -> None:
    table.replace_arrow(rows_of(1, PARTITIONS), PARTITIONS)
    wider = rows_of(2, PARTITIONS[:1]).append_column("extra", pa.array(["x"] * ROWS))
    table.replace_arrow(wider, PARTITIONS[:1])
    assert table.schema().names == ["row", "value", "extra", "partition"]
    assert table.read_arrow()["extra"].null_count == ROWS * 2
    assert table.read(spark).where("extra is null").count() == ROWS * 2
    assert table.read(spark).columns == table.schema().names


def test_an_older_version_is_read_with_its_own_rows_and_columns(
    table: LakeTable, spark: Any
) -> None:
    table.replace_arrow(rows_of(1, PARTITIONS), PARTITIONS)
    wider = rows_of(2, PARTITIONS[:1]).append_column("extra", pa.array(["x"] * ROWS))
    table.replace_arrow(wider, PARTITIONS[:1])
    assert table.read(spark, version=0).columns == ["row", "value", "partition"]
    assert table.read(spark, version=0).where("value = 1").count() == ROWS * 3
    assert set(table.read_arrow(version=0)["value"].to_pylist()) == {1}
    assert table.partitions(version=0) == PARTITIONS


def test_duckdb_polars_and_delta_rs_read_the_same_rows(table: LakeTable, spark: Any) -> None:
    for partition in AWKWARD:
        table.replace(every_type(spark, partition, 20), [partition])
    delta = table._open().delta
    duck = duckdb.connect()
    duck.register("flights", delta.to_pyarrow_dataset())
    query = 'select "partition", count(*), sum(id) from flights where x >= 3 group by 1'
    by_duckdb = duck.sql(query).fetchall()
    duck.close()
    frame = pl.scan_delta(table.uri).filter(pl.col("x") >= 3).group_by("partition")
    by_polars = frame.agg(pl.len(), pl.col("id").sum()).collect().rows()
    by_spark = table.read(spark).where("x >= 3").groupBy("partition")
    spark_rows = by_spark.agg({"id": "sum", "*": "count"}).toArrow().to_pylist()
    assert set(by_duckdb) == {(partition, 18, 189) for partition in AWKWARD}
    assert set(by_polars) == set(by_duckdb)
    assert {(r["partition"], r["count(1)"], r["sum(id)"]) for r in spark_rows} == set(by_duckdb)
    assert text_of(delta.to_pyarrow_table()) == text_of(table.read_arrow())


def test_bounds_in_the_log_never_hide_rows(table: LakeTable, spark: Any) -> None:
    table.replace(every_type(spark, "2013-01-01", 20), ["2013-01-01"])
    scan = pl.scan_delta(table.uri)
    at = datetime(2013, 1, 1, 5, 6, 7, 8, tzinfo=UTC)
    assert scan.filter(pl.col("at") == at).collect().height == 20
    assert scan.filter(pl.col("s") == "s19").collect().height == 1
    kept = table._open().delta.file_uris(file_pruning_predicate="id > 19")
    assert kept == []


def test_the_files_of_partitions_are_named_as_of_any_version(table: LakeTable) -> None:
    for value, partitions in enumerate([PARTITIONS, PARTITIONS[:1]]):
        table.replace_arrow(rows_of(value, partitions), partitions)
    [old], [new] = table.files(PARTITIONS[:1], version=0), table.files(PARTITIONS[:1])
    assert [
        set(pq.read_table(path, partitioning=None)["value"].to_pylist()) for path in (old, new)
    ] == [{0}, {1}]
    assert len(table.files()) == 3
    assert table.files(["2014-01-01"]) == []
