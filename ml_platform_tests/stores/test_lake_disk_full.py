"""A real full disk: a small file system in memory."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ml_platform.core.errors import StoreError
from ml_platform.stores.lake import Lake
from ml_platform_tests.stores.lake_process import PARTITIONS, ROWS, rows_of

DAY = PARTITIONS[0]
PAGE = 4096
RANDOM_ROWS = 1_000_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Two megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system is not permitted here (it needs root)")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


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
    ballast, refused, written = small_disk / "ballast", 0, 0
    for pages in range(12):
        ballast.unlink(missing_ok=True)
        fill(small_disk, ballast, leave=pages)
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


def fill(disk: Path, ballast: Path, leave: int) -> None:
    """Fill the disk up to some free pages."""
    with ballast.open("wb", buffering=0) as sink, contextlib.suppress(OSError):
        while True:
            sink.write(b"\0" * PAGE)
    os.truncate(ballast, max(0, ballast.stat().st_size - leave * PAGE))
