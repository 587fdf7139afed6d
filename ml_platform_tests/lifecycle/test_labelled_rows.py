"""Labelled rows with unseen values are those of the columns that were told to hold too many."""

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
from ml_platform.core.edges import edges_from_values
from ml_platform.core.ingestion.calendar import Calendar
from ml_platform.core.model_spec import ModelSpec
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.profile_plan import PartitionProfile
from ml_platform.lifecycle.labelled_rows import unseen_labelled_rows
from ml_platform.lifecycle.profile_table import profile_rows
from ml_platform.lifecycle.reference import REFERENCE_SCHEMA
from ml_platform.lifecycle.reference_profiles import read_reference
from ml_platform.lifecycle.thresholds import THRESHOLDS_SCHEMA, read_calibrations
from ml_platform.stores.lake import Lake
from ml_platform_tests.core.test_model_spec import flight_delay

DAYS = ("2013-01-08", "2013-01-09")
CARRIERS = np.array(["UA"] * 500 + ["AA"] * 500, dtype=object)
TEMP = np.arange(1_000.0)
EDGES = [
    edges_from_values("carrier", CARRIERS),
    edges_from_values("temp", TEMP),
]


def model_of(reference: str = "training") -> Any:
    monitoring = {"reference": reference, "drift": {"window": "2 days"}}
    return SimpleNamespace(
        name="small",
        table=lambda stage: names.table_of(names.of_model("small", stage)),
        calendar=Calendar("day", date(2013, 1, 1)),
        spec=ModelSpec.model_validate(flight_delay(monitoring=monitoring)),
    )


MODEL = model_of()


def profiles(carrier: np.ndarray, temp: np.ndarray) -> list[ColumnProfile]:
    return profile_columns({"carrier": carrier, "temp": temp}, EDGES)


def with_new(count: int) -> np.ndarray:
    return np.where(np.arange(1_000) < count, "XX", CARRIERS)


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two days, each with 120 rows of an unseen carrier, and 300 temperatures beyond the range.

    The reference of version 2 has 2% of its rows in carriers without a category of their own.
    """
    lake = Lake(str(tmp_path))
    hot = np.where(np.arange(1_000) < 300, 5_000.0, TEMP)
    days = {day: profiles(with_new(120), hot) for day in DAYS}
    days["2013-01-07"] = profiles(with_new(70), hot)
    found = [PartitionProfile(day, "", each) for day, parts in days.items() for each in parts]
    lake.table("small/profiles").replace_arrow(profile_rows(found), sorted(days))
    known = {1: profiles(CARRIERS, TEMP), 2: profiles(with_new(20), TEMP)}
    rows = [
        each.to_row() | {"segment": "", "model_version": version}
        for version, parts in known.items()
        for each in parts
    ]
    reference = pa.Table.from_pylist(rows, schema=REFERENCE_SCHEMA)
    lake.table("small/reference").append_arrow(reference)
    label(lake, *DAYS)
    judged(lake, DAYS[1], carrier="failed", temp="passed")
    return lake


def label(lake: Lake, *days: str) -> None:
    schema = pa.schema([("label", pa.int64()), ("partition", pa.string())])
    rows = pa.table({"label": [1] * len(days), "partition": list(days)}, schema=schema)
    lake.table("small/labels").replace_arrow(rows, ["2013-01-07", *DAYS])


def judged(lake: Lake, day: str, span: int = 2, **verdicts: str) -> None:
    rows = [
        {"column": c, "statistic": "unseen_rate", "verdict": v, "model_version": 2}
        for c, v in verdicts.items()
    ]
    rows.append({"column": "temp", "statistic": "psi", "verdict": "failed", "model_version": 2})
    table = pa.Table.from_pylist([row | {"partition": day, "span": span} for row in rows])
    lake.table("small/drift").replace_arrow(table, [day])


def test_only_columns_with_too_many_count_less_what_the_reference_has(lake: Lake) -> None:
    # 240 of 2,000 rows; the reference has 2% of them, 40, which are no news.
    assert unseen_labelled_rows(MODEL, lake, DAYS[1]) == 200


def test_only_labelled_days_count(lake: Lake) -> None:
    label(lake, DAYS[0])
    assert unseen_labelled_rows(MODEL, lake, DAYS[1]) == 100
    label(lake)
    assert unseen_labelled_rows(MODEL, lake, DAYS[1]) == 0


def test_the_window_is_as_long_as_the_one_that_was_judged(lake: Lake) -> None:
    judged(lake, DAYS[1], span=1, carrier="failed")
    assert unseen_labelled_rows(MODEL, lake, DAYS[1]) == 100


def test_of_several_columns_the_one_with_most_counts(lake: Lake) -> None:
    judged(lake, DAYS[1], carrier="failed", temp="failed")
    assert unseen_labelled_rows(MODEL, lake, DAYS[1]) == 600


@pytest.mark.parametrize("verdicts", [{}, {"carrier": "passed", "temp": "not_evaluated"}])
def test_without_such_a_column_there_is_nothing_to_learn(
    lake: Lake, verdicts: Mapping[str, str]
) -> None:
    judged(lake, DAYS[1], **verdicts)
    assert unseen_labelled_rows(MODEL, lake, DAYS[1]) == 0


def test_the_newest_judgement_up_to_the_day_counts(lake: Lake) -> None:
    judged(lake, "2013-01-11", carrier="passed")
    assert unseen_labelled_rows(MODEL, lake, "2013-01-10") == 100


def test_a_rolling_reference_is_the_stretch_before_the_window(lake: Lake) -> None:
    # 70 of 1,000 rows on the day before: 7% of the window's 2,000 are no news.
    assert unseen_labelled_rows(model_of("1 day"), lake, DAYS[1]) == 100


def test_before_anything_was_judged_nothing_is_unseen(tmp_path: Path) -> None:
    assert unseen_labelled_rows(MODEL, Lake(str(tmp_path)), DAYS[1]) == 0


def test_a_version_is_read_by_itself(lake: Lake) -> None:
    assert read_reference(lake, MODEL, 1) == profiles(CARRIERS, TEMP)
    assert read_reference(lake, MODEL, 2) == profiles(with_new(20), TEMP)
    assert read_reference(lake, MODEL, 3) == []
    assert read_calibrations(lake, MODEL, 1) == []
    row = dict.fromkeys(THRESHOLDS_SCHEMA.names) | {
        "column": "temp",
        "statistic": "psi",
        "span": 2,
        "floor": 0.01,
        "partitions": 20,
        "number": 10.0,
        "effects": [],
        "note": "",
        "why": "",
    }
    rows = [row | {"model_version": version, "mean": -version} for version in (1, 2)]
    table = pa.Table.from_pylist(rows, schema=THRESHOLDS_SCHEMA)
    lake.table("small/thresholds").append_arrow(table)
    assert [each.mean for each in read_calibrations(lake, MODEL, 2)] == [-2.0]
