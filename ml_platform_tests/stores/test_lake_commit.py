"""Writers that race, and steps that are repeated."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from ml_platform.core.errors import StoreError
from ml_platform.stores import lake_commit
from ml_platform.stores.lake import Lake
from ml_platform_tests.stores.lake_process import PARTITIONS, ROWS, rows_of, start

DAY = PARTITIONS[0]


def race(root: Path, tables: list[str]) -> None:
    """Two processes write one partition of each table at the same moment."""
    writers = [start("on-demand", str(root), str(value)) for value in (1, 2)]
    for writer in writers:
        writer.stdout.readline()
    for name in tables:
        for writer in writers:
            writer.stdin.write(f"{name}\n")
            writer.stdin.flush()
        assert [writer.stdout.readline() for writer in writers] == ["done\n", "done\n"]
        rows = Lake(str(root)).table(name).read_arrow()
        assert rows.num_rows == ROWS
        assert len(set(rows["value"].to_pylist())) == 1
    for writer in writers:
        writer.stdin.close()
        assert writer.wait() == 0
        writer.stdout.close()


def test_two_first_writers_of_a_table_leave_one_set_of_rows(tmp_path: Path) -> None:
    race(tmp_path, [f"t{number}" for number in range(15)])


def test_two_later_writers_of_a_partition_leave_one_set_of_rows(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    other = PARTITIONS[1]
    lake.table("t").replace_arrow(rows_of(9, [other])[:0], [other])
    race(tmp_path, ["t"] * 15)
    assert lake.table("t").version() == 30


def test_appends_from_two_processes_lose_nothing(tmp_path: Path) -> None:
    writers = [start("append", str(tmp_path), first, "40") for first in ("0", "40")]
    for writer in writers:
        writer.stdout.readline()
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    assert [writer.stdout.readline() for writer in writers] == ["done\n", "done\n"]
    for writer in writers:
        writer.communicate()
    table = Lake(str(tmp_path)).table("log")
    assert sorted(table.read_arrow()["number"].to_pylist()) == list(range(80))


def test_many_small_appends_are_folded_into_few_files(tmp_path: Path) -> None:
    table = Lake(str(tmp_path)).table("log")
    for number in range(lake_commit.ATTEMPTS * 3):
        table.append_arrow(pa.table({"number": [number]}))
    assert sorted(table.read_arrow()["number"].to_pylist()) == list(range(90))
    assert len(table._open().files) < 64


def test_a_repeated_write_gives_the_same_rows(tmp_path: Path) -> None:
    table = Lake(str(tmp_path)).table("t")
    first = table.replace_arrow(rows_of(1, [DAY]), [DAY])
    second = table.replace_arrow(rows_of(1, [DAY]), [DAY])
    assert (first.version, second.version) == (0, 1)
    assert table.row_counts() == {DAY: ROWS}
    assert table.read_arrow(version=0).equals(table.read_arrow(version=1))


def test_an_application_step_is_applied_once(tmp_path: Path) -> None:
    table = Lake(str(tmp_path)).table("t")
    first = table.replace_arrow(rows_of(1, [DAY]), [DAY], app=("mover", 4))
    again = table.replace_arrow(rows_of(2, [DAY]), [DAY], app=("mover", 4))
    assert again == first
    earlier = table.replace_arrow(rows_of(3, [DAY]), [DAY], app=("mover", 3))
    assert earlier.version == 0
    later = table.replace_arrow(rows_of(4, [DAY]), [DAY], app=("mover", 5))
    assert later.version == 1
    assert set(table.read_arrow()["value"].to_pylist()) == {4}


def test_what_the_writer_says_about_itself_is_in_the_commit(tmp_path: Path) -> None:
    table = Lake(str(tmp_path)).table("t")
    table.replace_arrow(rows_of(1, [DAY]), [DAY], info={"run_id": "abc"})
    assert table._open().delta.history(1)[0]["run_id"] == "abc"


def test_a_refused_commit_names_the_reason_and_leaves_no_file(tmp_path: Path) -> None:
    table = Lake(str(tmp_path)).table("t")
    table.replace_arrow(rows_of(1, [DAY]), [DAY])
    table._open().delta.alter.set_table_properties({"delta.appendOnly": "true"})
    with pytest.raises(StoreError, match="table t: not written"):
        table.replace_arrow(rows_of(2, [DAY]), [DAY])
    assert set(table.read_arrow()["value"].to_pylist()) == {1}
    assert len(list(table.root.glob("partition=*/*.parquet"))) == 1
