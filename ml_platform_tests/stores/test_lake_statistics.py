"""What the log says about a file, against its rows."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ml_platform.stores.lake_statistics import file_statistics


def statistics_of(tmp_path: Path, table: pa.Table, **options: Any) -> dict[str, Any]:
    path = tmp_path / "file.parquet"
    pq.write_table(table, path, **options)
    found = file_statistics(path)
    assert found.rows == table.num_rows
    return json.loads(found.delta)


def test_bounds_span_all_row_groups(tmp_path: Path) -> None:
    at = [datetime(2013, 1, day, 5, tzinfo=UTC) for day in (3, 1, 2)]
    table = pa.table(
        {
            "i": [5, None, 7],
            "s": ["b", "a", None],
            "d": [date(2013, 1, 2), None, date(2013, 1, 1)],
            "at": pa.array(at, pa.timestamp("us", "UTC")),
        }
    )
    assert statistics_of(tmp_path, table, row_group_size=1) == {
        "numRecords": 3,
        "minValues": {"i": 5, "s": "a", "d": "2013-01-01", "at": "2013-01-01T05:00:00.000000Z"},
        "maxValues": {"i": 7, "s": "b", "d": "2013-01-02", "at": "2013-01-03T05:00:00.000000Z"},
        "nullCount": {"i": 1, "s": 1, "d": 1, "at": 0},
    }


def test_columns_whose_bounds_could_mislead_get_none(tmp_path: Path) -> None:
    table = pa.table(
        {
            "nan": [1.0, float("nan")],
            "long": ["x" * 65, "y" * 65],
            "yes": [True, False],
            "naive": pa.array([1, 2], pa.timestamp("us")),
            "far": pa.array([1, 2**62], pa.timestamp("us", "UTC")),
            "empty": pa.array([None, None], pa.int64()),
            "list": [[1], [2]],
        }
    )
    found = statistics_of(tmp_path, table)
    assert found["minValues"] == found["maxValues"] == {}
    assert found["nullCount"]["empty"] == 2


def test_a_file_without_statistics_still_has_its_rows_counted(tmp_path: Path) -> None:
    found = statistics_of(tmp_path, pa.table({"i": [1, 2]}), write_statistics=False)
    assert found == {"numRecords": 2, "minValues": {}, "maxValues": {}, "nullCount": {}}
