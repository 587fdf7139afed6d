"""Versions that can and cannot be opened."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import DeltaTable, Schema, write_deltalake

from ml_platform.core.errors import StoreError
from ml_platform.stores.lake import Lake
from ml_platform_tests.stores.lake_process import PARTITIONS, ROWS, rows_of


def test_a_version_that_never_was_is_named(tmp_path: Path) -> None:
    table = Lake(str(tmp_path)).table("t")
    table.replace_arrow(rows_of(1, PARTITIONS), PARTITIONS)
    with pytest.raises(StoreError, match="cannot open version 7 of table t"):
        table.read_arrow(version=7)


def test_a_vacuumed_version_says_so(tmp_path: Path) -> None:
    table = Lake(str(tmp_path)).table("t")
    for value in (1, 2):
        table.replace_arrow(rows_of(value, PARTITIONS), PARTITIONS)
    table.vacuum(timedelta(0))
    with pytest.raises(StoreError, match="version 0 of table t is gone: a vacuum removed"):
        table.read_arrow(version=0)
    assert set(table.read_arrow()["value"].to_pylist()) == {2}


def test_a_version_that_is_needed_survives_the_vacuum(tmp_path: Path) -> None:
    table = Lake(str(tmp_path)).table("t")
    for value in (1, 2, 3):
        table.replace_arrow(rows_of(value, PARTITIONS), PARTITIONS)
    table.vacuum(timedelta(0), keep={0, 7})  # a version that is not there (yet) asks for nothing
    assert set(table.read_arrow(version=0)["value"].to_pylist()) == {1}
    with pytest.raises(StoreError, match="version 1 of table t is gone"):
        table.read_arrow(version=1)


def test_the_log_of_old_versions_is_kept_for_good(tmp_path: Path) -> None:
    table = Lake(str(tmp_path)).table("t")
    table.replace_arrow(rows_of(1, PARTITIONS), PARTITIONS)
    configuration = DeltaTable(table.uri).metadata().configuration
    assert configuration["delta.enableExpiredLogCleanup"] == "false"


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ({"delta.columnMapping.mode": "name"}, "column mapping"),
        ({"delta.enableDeletionVectors": "true"}, "deletion vectors"),
    ],
)
def test_a_table_whose_files_alone_mislead_is_refused(
    tmp_path: Path, setting: dict[str, str], words: str
) -> None:
    folder = tmp_path / "t"
    schema = Schema.from_arrow(pa.schema([("a", pa.int64())]))
    DeltaTable.create(str(folder), schema)
    log = folder / "_delta_log" / "00000000000000000000.json"
    (name, value), *_ = setting.items()
    text = log.read_text().replace('"configuration":{}', f'"configuration":{{"{name}":"{value}"}}')
    log.write_text(text)
    with pytest.raises(StoreError, match=f"table t uses {words}"):
        Lake(str(tmp_path)).table("t").read_arrow()


def test_rows_of_files_without_statistics_are_counted_from_their_footers(tmp_path: Path) -> None:
    configuration = {"delta.dataSkippingStatsColumns": "", "delta.dataSkippingNumIndexedCols": "0"}
    write_deltalake(
        str(tmp_path / "t"),
        rows_of(1, PARTITIONS),
        partition_by=["partition"],
        configuration=configuration,
    )
    log = next((tmp_path / "t" / "_delta_log").glob("*.json"))
    assert Lake(str(tmp_path)).table("t").row_counts() == dict.fromkeys(PARTITIONS, ROWS)
    assert log.exists()
