"""Real SIGKILLs in the middle of writes."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import timedelta
from pathlib import Path

import pytest

from ml_platform.stores.lake import Lake
from ml_platform_tests.stores.lake_process import PARTITIONS, ROWS, rows_of, start


def written_value(lake: Lake) -> int:
    """The one value the whole table holds; fails on a mixture, a gap or a duplicate."""
    table = lake.table("t")
    assert table.row_counts() == dict.fromkeys(PARTITIONS, ROWS)
    rows = table.read_arrow()
    (value,) = set(rows["value"].to_pylist())
    keys = set(zip(rows["partition"].to_pylist(), rows["row"].to_pylist(), strict=True))
    assert len(keys) == rows.num_rows == ROWS * len(PARTITIONS)
    return value


def kill_group(process: object) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdin.close()
    process.stdout.close()


def test_eighteen_kills_leave_a_complete_version_each_time(tmp_path: Path) -> None:
    lake, chance = Lake(str(tmp_path)), random.Random(7)
    lake.table("t").replace_arrow(rows_of(0, PARTITIONS), PARTITIONS)
    last = 0
    for _ in range(18):
        writer = start("versions", str(tmp_path), str(last + 1), start_new_session=True)
        writer.stdout.readline()
        time.sleep(chance.uniform(0, 0.12))
        kill_group(writer)
        now = written_value(lake)
        assert now >= last
        lake.table("t").replace_arrow(rows_of(now, PARTITIONS), PARTITIONS)
        assert written_value(lake) == now
        last = now
    assert last > 18


def test_what_killed_writes_left_behind_is_vacuumed(tmp_path: Path) -> None:
    lake = Lake(str(tmp_path))
    table = lake.table("t")
    table.replace_arrow(rows_of(1, PARTITIONS), PARTITIONS)
    for number in range(3):  # what a kill leaves in staging, and after the rename
        (table.root / "_staging" / f"tx{number}").mkdir(parents=True)
        (table.root / f"partition={PARTITIONS[0]}" / f"tx{number}-part-00000.parquet").touch()
    table.vacuum(timedelta(days=7))
    assert len(list((table.root / "_staging").iterdir())) == 3
    assert table.vacuum(timedelta(0)) == 6
    assert list((table.root / "_staging").iterdir()) == []
    assert written_value(lake) == 1


@pytest.mark.slow
def test_kills_of_spark_and_its_jvm_leave_a_complete_version(tmp_path: Path) -> None:
    roots = [tmp_path / "a" / "lake", tmp_path / "b" / "lake"]
    writers = [start("spark-versions", str(each), "1", start_new_session=True) for each in roots]
    for root, writer in zip(roots, writers, strict=True):
        writer.stdout.readline()
        time.sleep(random.Random(str(root)).uniform(0.1, 0.9))
        kill_group(writer)
        lake = Lake(str(root))
        now = written_value(lake)
        lake.table("t").replace_arrow(rows_of(now, PARTITIONS), PARTITIONS)
        assert written_value(lake) == now
