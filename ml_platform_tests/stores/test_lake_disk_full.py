"""What a disk that is full leaves of a write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ml_platform.core.errors import StoreError
from ml_platform.stores.lake import Lake
from ml_platform_tests.stores.lake_process import PARTITIONS, ROWS, rows_of
from ml_platform_tests.stores.small_disk import filled, mounted

DAY = PARTITIONS[0]
RANDOM_ROWS = 1_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", megabytes=2) as disk:
        yield disk


def assert_untouched(disk: Path) -> None:
    table = Lake(str(disk)).table("t")
    assert table.row_counts() == {DAY: ROWS}
    assert set(table.read_arrow()["value"].to_pylist()) == {1}
    assert list((table.root / "_staging").iterdir()) == []
    assert len(list(table.root.glob("partition=*/*.parquet"))) == 1


def test_a_disk_that_fills_while_pyarrow_writes_leaves_the_last_version(small_disk: Path) -> None:
    table = Lake(str(small_disk)).table("t")
    table.replace_arrow(rows_of(1, [DAY]), [DAY])
    many = pa.table({"row": range(RANDOM_ROWS), "value": range(RANDOM_ROWS)})
    many = many.append_column("partition", pa.array([DAY] * RANDOM_ROWS))
    with pytest.raises(StoreError, match="table t: the disk is full, nothing was written"):
        table.replace_arrow(many, [DAY])
    assert_untouched(small_disk)


def test_a_disk_that_fills_while_spark_writes_leaves_the_last_version(
    small_disk: Path, spark: Any
) -> None:
    table = Lake(str(small_disk)).table("t")
    table.replace_arrow(rows_of(1, [DAY]), [DAY])
    many = spark.range(RANDOM_ROWS).selectExpr("id row", "id * 7 value", f"'{DAY}' partition")
    with pytest.raises(StoreError, match="table t: the disk is full, nothing was written"):
        table.replace(many, [DAY])
    assert_untouched(small_disk)


def test_a_disk_full_at_any_step_of_a_write_leaves_a_complete_version(small_disk: Path) -> None:
    table = Lake(str(small_disk)).table("t")
    table.replace_arrow(rows_of(0, [DAY]), [DAY])
    refused, written = 0, 0
    for pages in range(12):
        with filled(small_disk, leave=pages):
            try:
                table.replace_arrow(rows_of(pages, [DAY]), [DAY])
                written = pages
            except StoreError as error:
                assert "disk is full" in str(error)  # noqa: PT017
                refused += 1
            assert table.row_counts() == {DAY: ROWS}
            assert set(table.read_arrow()["value"].to_pylist()) == {written}
    assert refused
    assert written
