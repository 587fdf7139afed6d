"""What a local session of the platform is like."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pyarrow as pa


def loaded(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    names = [name for name in ("pandas", "pyarrow.parquet", "xgboost") if name in sys.modules]
    for _ in batches:
        yield pa.RecordBatch.from_pydict({"name": names})


def test_a_python_worker_has_loaded_what_tasks_import_when_it_begins(spark: Any) -> None:
    names = spark.range(1, numPartitions=1).mapInArrow(loaded, "name string").toArrow()
    assert names["name"].to_pylist() == ["pandas", "pyarrow.parquet", "xgboost"]


def test_a_local_session_draws_no_progress_over_what_is_printed(spark: Any) -> None:
    assert spark.conf.get("spark.ui.showConsoleProgress") == "false"
