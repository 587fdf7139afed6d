"""A table is opened again when it was written, and never shows an older version than there is."""

from __future__ import annotations

import os
import shutil
import warnings
from pathlib import Path

import pyarrow as pa
import pytest

from ml_platform.stores.lake import Lake
from ml_platform.stores.lake_newest import newest_snapshot
from ml_platform.stores.lake_table import LakeTable


@pytest.fixture
def table(tmp_path: Path) -> LakeTable:
    return Lake(str(tmp_path)).table("orders/raw")


def write(table: LakeTable, *values: int) -> None:
    table.replace_arrow(pa.table({"value": values}), None)


def values(table: LakeTable) -> list[int]:
    return table.read_arrow()["value"].to_pylist()


def test_what_was_not_written_is_not_opened_again(table: LakeTable) -> None:
    write(table, 1)
    first = newest_snapshot(table.name, table.root)
    assert newest_snapshot(table.name, table.root) is first
    write(table, 2)
    assert newest_snapshot(table.name, table.root) is not first


def test_each_write_is_seen_at_once_by_every_reader(table: LakeTable) -> None:
    other = LakeTable(table.name, table.root)
    for value in range(5):
        write(table, value)
        assert values(other) == [value]
        assert other.version() == value


def test_appends_that_are_folded_are_seen(table: LakeTable) -> None:
    for value in range(150):
        table.append_arrow(pa.table({"value": [value]}))
        assert len(values(table)) == value + 1


def test_a_table_that_is_removed_and_made_again_is_another_one(table: LakeTable) -> None:
    write(table, 1)
    assert values(table) == [1]
    shutil.rmtree(table.root)
    assert not table.exists()
    write(table, 7)
    assert values(table) == [7]


def test_a_table_made_again_between_two_looks_is_another_one(table: LakeTable) -> None:
    write(table, 1)
    assert values(table) == [1]
    shutil.rmtree(table.root)
    Lake(str(table.root.parents[1])).table(table.name).replace_arrow(pa.table({"value": [7]}), None)
    assert values(table) == [7]


def test_an_older_version_can_be_read_beside_the_newest(table: LakeTable) -> None:
    write(table, 1)
    write(table, 2)
    assert table.read_arrow(version=0)["value"].to_pylist() == [1]
    assert values(table) == [2]


def test_a_forked_process_opens_tables_of_its_own(table: LakeTable) -> None:
    write(table, 1)
    assert values(table) == [1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of threads; this child starts none
        child = os.fork()
    if child == 0:
        from ml_platform.stores import lake_newest

        os._exit(len(lake_newest._opened))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
