"""How long the windows are that a small table is judged over, by what the lake holds of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ml_platform.core import names
from ml_platform.core.drift.cadence import DAYS
from ml_platform.core.drift.window import WindowDrift
from ml_platform.core.drift.window_calibrations import reference_window, window_calibrations
from ml_platform.core.edges import edges_from_values
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.model_spec import ModelSpec
from ml_platform.core.profile import merge_all
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.profile_plan import PartitionProfile
from ml_platform.core.verdict import Verdict
from ml_platform.lifecycle.drift import window_drifts
from ml_platform.lifecycle.profile_table import profile_rows
from ml_platform.lifecycle.reference import REFERENCE_SCHEMA
from ml_platform.lifecycle.thresholds import THRESHOLDS_SCHEMA
from ml_platform.stores.lake import Lake
from ml_platform_tests.core.drift.days import keys
from ml_platform_tests.core.test_model_spec import flight_delay

LEARNED, LATER, ROWS = 100, 30, 48
EDGES = [edges_from_values(name, np.random.default_rng(9).normal(size=900)) for name in "abc"]
CALENDAR = keys(LEARNED + LATER)
STILL, LAST = CALENDAR[LEARNED - 1], CALENDAR[-1]


def model_of(reference: str) -> Any:
    return SimpleNamespace(
        name="small",
        table=lambda stage: names.table_of(names.of_model("small", stage)),
        calendar=Calendar("day", date(2026, 1, 5)),
        spec=ModelSpec.model_validate(flight_delay(monitoring={"reference": reference})),
    )


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """130 days of 48 rows, the last 14 with greater values of column a; what a version kept."""
    lake = Lake(str(tmp_path_factory.mktemp("lake")))
    random = np.random.default_rng(0)
    found, kept = [], []
    for place, key in enumerate(CALENDAR):
        moved = 1.5 if place >= LEARNED + LATER - 14 else 0.0
        columns = {name: random.normal(size=ROWS) for name in "abc"}
        columns["a"] += moved
        parts = profile_columns(columns, EDGES)
        found += [PartitionProfile(key, "", each) for each in parts]
        kept.append((key, {each.column: each for each in parts}))
    lake.table("small/profiles").replace_arrow(profile_rows(found), CALENDAR)
    learned = kept[:LEARNED]
    limits = model_of("training").spec.monitoring.drift
    size = reference_window(learned, limits, 7, DAYS, {})
    known = window_calibrations(learned, limits, size, {})
    more: Mapping[str, Any] = {"model_version": 1, "threshold": None, "how": ""}
    rows = [each.to_row() | more for each in known]
    lake.table("small/thresholds").append_arrow(
        pa.Table.from_pylist(rows, schema=THRESHOLDS_SCHEMA)
    )
    merged = merge_all([part for _, parts in learned for part in parts.values()])
    rows = [each.to_row() | {"segment": "", "model_version": 1} for each in merged]
    lake.table("small/reference").append_arrow(pa.Table.from_pylist(rows, schema=REFERENCE_SCHEMA))
    return lake


def judged(lake: Lake, reference: str) -> dict[str, WindowDrift]:
    return window_drifts(model_of(reference), lake, [STILL, LAST], 1)


@pytest.mark.parametrize("reference", ["training", "90 days"])
def test_a_window_of_two_weeks_finds_what_one_of_few_rows_could_not(
    lake: Lake, reference: str
) -> None:
    """Both against the training data and against the stretch before the window."""
    found = judged(lake, reference)

    assert found[STILL].columns.verdict is Verdict.PASSED
    assert found[LAST].columns.drifted_columns == ("a",)
    assert {line.span for line in found[LAST].columns.columns} == {1, 3, 14}
    assert "over 14 partitions instead of 7, at about 48 rows each" in found[LAST].columns.sentence


def test_a_short_stretch_before_the_window_keeps_the_declared_one(lake: Lake) -> None:
    found = judged(lake, "35 days")[STILL].columns

    assert max(line.span for line in found.columns) == 7
    assert "with the 336 rows that windows hold instead of 500" in found.sentence


def test_a_version_of_before_is_judged_as_it_was(lake: Lake, tmp_path: Path) -> None:
    """Its table of thresholds has no column that says what windows need."""
    older = Lake(str(tmp_path))
    for table in ("profiles", "reference", "thresholds"):
        stored = lake.table(f"small/{table}").read_arrow()
        of_before = stored.drop_columns(
            [c for c in ("min_rows", "declared") if c in stored.column_names]
        )
        if table == "profiles":
            older.table(f"small/{table}").replace_arrow(of_before, CALENDAR)
        else:
            older.table(f"small/{table}").append_arrow(of_before)

    found = judged(older, "training")[LAST].columns

    assert found.verdict is Verdict.NOT_EVALUATED
    assert {line.span for line in found.columns} == {1, 3, 7}
    assert found.outcome().numbers == {}
