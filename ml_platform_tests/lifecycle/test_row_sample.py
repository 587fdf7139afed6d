"""A sample from a table's files is bounded, fair over partitions and the same each time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml_platform.lifecycle import row_sample
from ml_platform.lifecycle.row_sample import sample_rows
from ml_platform.stores.lake import Lake, LakeTable


@pytest.fixture
def table(tmp_path: Path) -> LakeTable:
    rows = {"2013-01-01": 3000, "2013-01-02": 1000, "2013-01-03": 0}
    days = np.repeat(list(rows), list(rows.values()))
    made = Lake(str(tmp_path)).table("features")
    columns = {"number": np.arange(4000.0), "other": np.zeros(4000), "partition": days.tolist()}
    made.replace_arrow(pa.table(columns), list(rows))
    return made


def test_each_partition_weighs_as_much_as_it_has_rows(table: LakeTable) -> None:
    drawn = sample_rows(table, ["2013-01-01", "2013-01-02", "2013-01-03"], ["number"], 400)
    assert drawn.column_names == ["number", "partition"]
    of_day = drawn.group_by("partition").aggregate([("number", "count")]).to_pylist()
    assert {row["partition"]: row["number_count"] for row in of_day} == {
        "2013-01-01": 300,
        "2013-01-02": 100,
    }
    numbers = drawn["number"].to_pylist()
    assert len(set(numbers)) == 400
    assert all(0 <= n < 3000 for n in numbers[:300])


def test_rows_are_drawn_from_all_over_a_partition_the_same_each_time(table: LakeTable) -> None:
    first, again = (sample_rows(table, ["2013-01-01"], ["number"], 600) for _ in range(2))
    assert first == again
    assert np.histogram(first["number"], bins=6, range=(0, 3000))[0].min() > 60


def test_a_small_partition_is_taken_whole_and_an_empty_one_gives_nothing(table: LakeTable) -> None:
    assert sample_rows(table, ["2013-01-02"], ["number"], 9999).num_rows == 1000
    nothing = sample_rows(table, ["2013-01-03", "2013-01-04"], ["number"], 10)
    assert nothing.schema.names == ["number", "partition"]
    assert nothing.num_rows == 0


def test_a_large_partition_is_not_decoded_whole(
    table: LakeTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [file] = table.files(["2013-01-01"])
    rows = pq.read_table(file, partitioning=None)
    pq.write_table(rows, file, row_group_size=100)
    monkeypatch.setattr(row_sample, "DECODED_ROWS", 1000)
    drawn = sample_rows(table, ["2013-01-01"], ["number"], 500)
    groups = {int(number // 100) for number in drawn["number"].to_pylist()}
    assert drawn.num_rows == 500
    assert len(groups) == 10
