"""Rows moved from a log are in the table once, however many move them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable

from ml_platform.core.errors import StoreError
from ml_platform.stores import lake_append
from ml_platform.stores.lake import Lake, LakeTable
from ml_platform.stores.lake_append import append_moved, fold_partitions, offsets_of
from ml_platform.stores.lake_errors import OffsetMovedError

A, B = "2013-01-01", "2013-01-02"


@pytest.fixture
def table(tmp_path: Path) -> LakeTable:
    return Lake(str(tmp_path)).table("log")


def rows(first: int, count: int, partition: str = A) -> pa.Table:
    return pa.table({"seq": list(range(first, first + count)), "partition": [partition] * count})


def kept(table: LakeTable) -> list[int]:
    return sorted(table.read_arrow()["seq"].to_pylist())


def test_rows_and_offsets_are_one_commit(table: LakeTable) -> None:
    assert offsets_of(table, ["x", "y"]) == {"x": 0, "y": 0}

    both = pa.concat_tables([rows(0, 3), rows(100, 2, B)])
    commit = append_moved(table, both, {"x": (0, 3), "y": (0, 2)})

    assert commit.rows == {A: 3, B: 2}
    assert commit.version == table.version() == 0
    assert offsets_of(table, ["x", "y", "z"]) == {"x": 3, "y": 2, "z": 0}


def test_rows_that_begin_elsewhere_than_the_table_ends_are_refused_and_nothing_is_left(
    table: LakeTable,
) -> None:
    append_moved(table, rows(0, 3), {"x": (0, 3)})

    for start, end in ((0, 3), (0, 5), (2, 5), (4, 6)):
        with pytest.raises(OffsetMovedError, match="it holds those before 3"):
            append_moved(table, rows(start, end - start), {"x": (start, end)})
    with pytest.raises(OffsetMovedError):
        append_moved(table, rows(0, 9), {"y": (0, 9), "x": (1, 4)})

    assert kept(table) == [0, 1, 2]
    assert offsets_of(table, ["x", "y"]) == {"x": 3, "y": 0}
    assert len(list(table.root.glob("partition=*/*.parquet"))) == 1


def test_of_movers_that_begin_at_the_same_row_one_wins(table: LakeTable) -> None:
    def move(end: int) -> bool:
        try:
            append_moved(table, rows(0, end), {"x": (0, end)})
        except OffsetMovedError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(move, range(5, 11)))

    assert sum(won) == 1
    assert kept(table) == list(range(5 + won.index(True)))


def test_other_writes_leave_the_offsets_and_offsets_leave_the_rows(table: LakeTable) -> None:
    append_moved(table, rows(0, 3), {"x": (0, 3)})
    table.replace_arrow(rows(50, 2), [A])
    append_moved(table, rows(3, 1), {"x": (3, 4)})

    assert kept(table) == [3, 50, 51]
    assert offsets_of(table, ["x"]) == {"x": 4}


def test_columns_that_do_not_fit_are_refused(table: LakeTable) -> None:
    append_moved(table, rows(0, 1), {"x": (0, 1)})

    with pytest.raises(StoreError, match="lack the column 'seq'"):
        append_moved(table, rows(1, 1).drop_columns(["seq"]), {"x": (1, 2)})


def test_a_partition_of_many_files_is_folded_and_another_is_not(
    table: LakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake_append, "MANY_FILES", 4)
    for i in range(4):
        append_moved(table, rows(i, 1), {"x": (i, i + 1)})
    append_moved(table, rows(9, 1, B), {"y": (0, 1)})

    fold_partitions(table, [A, B])

    assert (len(table.files([A])), len(table.files([B]))) == (1, 1)
    assert kept(table) == [0, 1, 2, 3, 9]
    assert offsets_of(table, ["x", "y"]) == {"x": 4, "y": 1}


def test_a_partition_too_large_to_hold_is_left_in_its_files(
    table: LakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake_append, "MANY_FILES", 2)
    monkeypatch.setattr(lake_append, "FOLDED_BYTES", 100)
    for i in range(3):
        append_moved(table, rows(i, 1), {"x": (i, i + 1)})

    fold_partitions(table, [A])

    assert len(table.files([A])) == 3


def test_rows_that_come_while_a_partition_is_folded_are_kept(
    table: LakeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lake_append, "MANY_FILES", 2)
    for i in range(2):
        append_moved(table, rows(i, 1), {"x": (i, i + 1)})
    rewritten = lake_append.rewrite

    def late(*given: object) -> None:
        append_moved(table, rows(2, 1), {"x": (2, 3)})
        rewritten(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(lake_append, "rewrite", late)
    fold_partitions(table, [A])

    assert kept(table) == [0, 1, 2]


def test_offsets_outlive_a_checkpoint_of_the_delta_log(table: LakeTable) -> None:
    for i in range(3):
        append_moved(table, rows(i, 1), {f"log{i}": (0, 1)})

    DeltaTable(table.uri).create_checkpoint()
    append_moved(table, rows(3, 1), {"log0": (1, 2)})

    assert offsets_of(table, ["log0", "log1", "log2"]) == {"log0": 2, "log1": 1, "log2": 1}


def test_nothing_to_add_moves_the_offset_alone(table: LakeTable) -> None:
    append_moved(table, rows(0, 1), {"x": (0, 1)})

    commit = append_moved(table, rows(1, 1).slice(0, 0), {"x": (1, 2)})

    assert commit.rows == {}
    assert kept(table) == [0]
    assert offsets_of(table, ["x"]) == {"x": 2}
    assert offsets_of(table, ["x"], version=0) == {"x": 1}
