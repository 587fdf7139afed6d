"""The lake as a whole: its root and the names of its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from ml_platform.core.errors import StoreError
from ml_platform.stores.lake import Lake


def test_a_table_lies_under_the_root_by_its_name(tmp_path: Path) -> None:
    table = Lake(f"file://{tmp_path}").table("flight_delay/features")
    assert table.uri == str(tmp_path / "flight_delay" / "features")
    assert table.name == "flight_delay/features"


def test_the_tables_are_those_that_were_written(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    rows = pa.table({"value": [1], "partition": ["2013-01-01"]})
    for name in ("ledger", "flights/raw"):
        lake.table(name).replace_arrow(rows, ["2013-01-01"])
    (tmp_path / "flights" / "notes").mkdir()

    assert [table.name for table in lake.tables()] == ["flights/raw", "ledger"]
    assert Lake(str(tmp_path / "nothing yet")).tables() == []


def test_a_root_with_awkward_letters_works(tmp_path: Path, spark: Any) -> None:
    table = Lake(str(tmp_path / "my lake=1 ä")).table("t")
    table.replace(spark.range(3), None)
    assert table.read(spark).count() == table.read_arrow().num_rows == 3


def test_an_object_store_is_refused_for_now() -> None:
    with pytest.raises(StoreError, match="not a local folder"):
        Lake("s3://bucket/lake")


def test_a_root_with_a_percent_sign_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="must not contain '%'"):
        Lake(str(tmp_path / "100%"))


@pytest.mark.parametrize(
    "name", ["", "../up", "/flights", "flights//raw", "flights/_staging", "a b"]
)
def test_a_name_that_leaves_the_lake_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StoreError, match="is no table name"):
        Lake(str(tmp_path)).table(name)
