"""Bins change with a training; the days before it are told in the new ones, or counted again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ml_platform.core import names
from ml_platform.core.edges import Edges
from ml_platform.core.profile import ColumnProfile, merge_all
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.profile_plan import PartitionProfile
from ml_platform.core.score_profile import SCORE, SCORE_EDGES, score_segment
from ml_platform.core.task import BINARY_CLASSIFICATION
from ml_platform.lifecycle.edges_table import fit_plan, read_edge_versions, read_plan
from ml_platform.lifecycle.profile_history import Completed, complete_profiles
from ml_platform.lifecycle.profile_table import common_bins, profile_rows, read_profiles
from ml_platform.stores.lake import Lake

DAYS = ("2013-01-01", "2013-01-02", "2013-01-03")
COLD, WARM = np.arange(0.0, 1_000.0) / 100, np.arange(0.0, 1_000.0) / 10
ORIGIN = np.array(["JFK", "EWR"] * 500, dtype=object)


class SmallModel(SimpleNamespace):
    """What the stages ask of a model about its profiles."""

    name = "small"
    task = BINARY_CLASSIFICATION

    def table(self, stage: str) -> str:
        return names.table_of(names.of_model(self.name, stage))


def model_of(*segments: str, **inputs: str) -> Any:
    spec = SimpleNamespace(monitoring=SimpleNamespace(segments=segments))
    return SmallModel(inputs=inputs, spec=spec)


MODEL = model_of("origin", temp="double", origin="string")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Two cold days and a warm one."""
    lake = Lake(str(tmp_path / "lake"))
    days = zip(DAYS, (COLD, COLD, WARM), strict=True)
    rows = [
        pa.table({"temp": temp, "origin": ORIGIN.tolist(), "wind": temp, "partition": [day] * 1000})
        for day, temp in days
    ]
    lake.table("small/features").replace_arrow(pa.concat_tables(rows), DAYS)
    return lake


def trained_on(
    lake: Lake, temp: np.ndarray, window: Sequence[str], model: Any = MODEL
) -> Completed:
    values = {"temp": temp, "origin": ORIGIN, "wind": temp}
    plan = fit_plan(
        lake,
        model,
        {name: values[name] for name in model.inputs},
        {name: values[name] for name in model.spec.monitoring.segments},
    )
    return complete_profiles(model, lake, None, plan, window)  # type: ignore[arg-type]


def profile_of(temp: np.ndarray, edges: Edges) -> ColumnProfile:
    return profile_columns({"temp": temp}, [edges])[0]


def temp_of(lake: Lake, days: Sequence[str], segment: str = "") -> list[ColumnProfile]:
    return [p for p in read_profiles(lake, MODEL, days, segment) if p.column == "temp"]


def test_the_days_of_a_first_training_are_counted(lake: Lake) -> None:
    assert trained_on(lake, COLD, DAYS[:2]) == Completed(counted=DAYS[:2])

    [temp, _] = read_plan(lake, MODEL).edges
    assert temp_of(lake, DAYS) == [profile_of(COLD, temp)] * 2
    [jfk] = merge_all(temp_of(lake, DAYS, "origin=JFK"))
    assert jfk.rows == 1_000
    assert jfk.total == pytest.approx(2 * COLD[::2].sum())
    assert trained_on(lake, COLD, DAYS[:2]) == Completed()


def test_days_without_values_in_a_divided_bin_are_not_read_again(lake: Lake) -> None:
    trained_on(lake, COLD, DAYS[:2])
    done = trained_on(lake, WARM, DAYS)

    [temp, _] = read_plan(lake, MODEL).edges
    assert temp.version == 2
    assert done == Completed(counted=DAYS[2:], rebinned=DAYS[:2])
    expected = [profile_of(each, temp) for each in (COLD, COLD, WARM)]
    assert [p.counts for p in temp_of(lake, DAYS)] == [p.counts for p in expected]
    assert [p.edge_version for p in temp_of(lake, DAYS, "origin=EWR")] == [2, 2, 2]


def test_days_with_values_in_a_divided_bin_are_counted_again(lake: Lake) -> None:
    trained_on(lake, COLD, DAYS)

    assert trained_on(lake, WARM, DAYS) == Completed(counted=DAYS[2:], rebinned=DAYS[:2])
    [temp, _] = read_plan(lake, MODEL).edges
    assert temp_of(lake, DAYS[2:]) == [profile_of(WARM, temp)]


def test_scores_stay_when_inputs_are_counted_again(lake: Lake) -> None:
    trained_on(lake, COLD, DAYS)
    [score] = profile_columns({SCORE: np.array([0.5])}, [SCORE_EDGES])
    rows = profile_rows([PartitionProfile(DAYS[2], "", score)], {DAYS[2]: 7})
    table = lake.table("small/profiles")
    table.replace_arrow(pa.concat_tables([table.read_arrow([DAYS[2]]), rows]), [DAYS[2]])

    trained_on(lake, WARM, DAYS)

    assert read_profiles(lake, MODEL, DAYS, score_segment(7)) == [score]


def test_a_new_input_and_a_new_segment_are_counted_on_the_days_before(lake: Lake) -> None:
    trained_on(lake, COLD, DAYS, model_of(temp="double", origin="string"))
    wider = model_of("origin", temp="double", origin="string", wind="double")

    assert trained_on(lake, COLD, DAYS, wider) == Completed(counted=DAYS)
    segments = {row["segment"] for row in lake.table("small/profiles").read_arrow().to_pylist()}
    columns = [p.column for p in read_profiles(lake, wider, DAYS[:1], "origin=JFK")]
    assert segments == {"", "origin=JFK", "origin=EWR"}
    assert columns == ["temp", "origin", "wind"]


def test_an_input_that_is_no_more_is_not_asked_for(lake: Lake) -> None:
    trained_on(lake, COLD, DAYS)
    fewer = model_of("origin", temp="double")

    assert [cut.column for cut in read_plan(lake, fewer).edges] == ["temp"]
    assert trained_on(lake, COLD, DAYS, fewer) == Completed()


def test_a_reference_of_before_is_compared_in_its_own_bins(lake: Lake) -> None:
    trained_on(lake, COLD, DAYS[:2])
    [reference] = merge_all(temp_of(lake, DAYS[:2]))
    trained_on(lake, WARM, DAYS)
    window = temp_of(lake, DAYS)

    ours, theirs = common_bins(lake, MODEL, [reference], window)

    versions = read_edge_versions(lake, MODEL)
    old = versions["temp", 1]
    assert ours == [reference]
    assert [p.counts for p in theirs] == [profile_of(v, old).counts for v in (COLD, COLD, WARM)]
    assert common_bins(lake, MODEL, window, [])[0] == window


def test_days_in_bins_of_two_versions_are_read_in_the_older(lake: Lake) -> None:
    trained_on(lake, COLD, DAYS[:2])
    trained_on(lake, WARM, DAYS[2:])

    found = temp_of(lake, DAYS)

    old = read_edge_versions(lake, MODEL)["temp", 1]
    expected = [profile_of(each, old) for each in (COLD, COLD, WARM)]
    assert [p.counts for p in found] == [p.counts for p in expected]
    assert replace(merge_all(found)[0], sums=()).rows == 3_000


def test_nothing_is_read_before_the_first_training(tmp_path: Path) -> None:
    empty = Lake(str(tmp_path / "lake"))

    assert read_plan(empty, MODEL).edges == ()
    assert read_profiles(empty, MODEL, DAYS, "") == []
