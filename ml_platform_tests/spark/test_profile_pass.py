from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ml_platform.core.edges import Edges, edges_from_values
from ml_platform.core.errors import UserError
from ml_platform.core.profile import ColumnProfile, merge_all
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.profile_plan import PartitionProfile, ProfilePlan
from ml_platform.core.segmentation import ALL_ROWS, Segmentation
from ml_platform.spark import profile_files
from ml_platform.spark.profile_pass import ProfiledFiles, profile_pass

TEMP = Edges("temp", "numeric", edges=(0.0, 10.0, 20.0))
CARRIER = Edges("carrier", "categorical", categories=("AA", "UA"))
DAYS = {"2013-01-01": 20_000, "2013-01-02": 11, "2013-01-03": 0, "2013-01-04": 1_000}


def _write(folder: Path, table: pa.Table, day: str, rows_at_once: int = 4_000) -> str:
    path = folder / f"partition={day}" / "part.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(table, path, row_group_size=rows_at_once)
    return str(path)


def _day(rows: int) -> pa.Table:
    """A day of every kind of column, with gaps, NaN and infinities."""
    generator = np.random.default_rng(rows)
    gaps = generator.random(rows) < 0.1
    temp = generator.normal(10, 8, rows)
    temp[: rows // 100] = np.nan
    temp[rows // 100 : rows // 50] = -np.inf
    start = np.datetime64("2013-01-01", "us")
    ids = np.array([f"id {i}" for i in range(10_000)], dtype=object)
    return pa.table(
        {
            "temp": pa.array(temp, mask=gaps),
            "rain": np.where(generator.random(rows) < 0.8, 0.0, generator.random(rows)),
            "flight": pa.array(generator.integers(0, 50, rows), mask=gaps),
            "late": pa.array(generator.random(rows) < 0.3),
            "price": pa.array([Decimal(int(x)) / 4 for x in generator.integers(0, 99, rows)],
                              pa.decimal128(9, 2)),
            "at": pa.array(start + generator.integers(0, 10**11, rows).astype("timedelta64[us]"),
                           pa.timestamp("us", "UTC")),
            "on": pa.array([dt.date(2013, 1, 1 + int(x)) for x in generator.integers(0, 9, rows)],
                           pa.date32()),
            "carrier": pa.array(generator.choice(["AA", "UA", "ZZ", None], rows), pa.string()),
            "id": pa.array(ids[generator.integers(0, 10_000, rows)], pa.string()),
        }
    )  # fmt: skip


def _plan(day: pa.Table) -> ProfilePlan:
    edges = []
    for name in day.column_names:
        text = pa.types.is_string(day[name].type)
        values = day[name].slice(0, 2_000).drop_null().combine_chunks().to_numpy(False)
        edges.append(edges_from_values(name, values, kind="categorical" if text else "numeric"))
    return ProfilePlan(tuple(edges), (Segmentation("carrier", ("AA", "UA")),))


def _comparable(profile: ColumnProfile) -> ColumnProfile:
    """Without what depends on how rows are dealt out: the last digits of sums of floats, and which
    of more than a thousand unseen values are named."""
    sums = tuple(float(f"{x:.9g}") for x in profile.sums)
    return replace(profile, sums=sums, unseen={} if profile.column == "id" else profile.unseen)


def _rounded(found: list[PartitionProfile]) -> Mapping[tuple[str, str, str], ColumnProfile]:
    """By partition, segment and column."""
    return {(p, segment, each.column): _comparable(each) for p, segment, each in found}


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("table")
    return {day: _write(folder, _day(rows), day) for day, rows in DAYS.items()}


@pytest.fixture(scope="module")
def plan() -> ProfilePlan:
    return _plan(_day(20_000))


def _frame(spark: Any, paths: dict[str, str]) -> Any:
    root = Path(next(iter(paths.values()))).parents[1]
    frame = spark.read.option("basePath", str(root)).parquet(*paths.values())
    return frame.withColumn("partition", frame["partition"].cast("string"))


def test_files_in_tasks_files_at_hand_and_a_frame_have_the_same_profiles(
    spark: Any, days: dict[str, str], plan: ProfilePlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = ProfiledFiles(spark, tuple(days.values()))
    at_hand = profile_pass(files, plan)
    monkeypatch.setattr(profile_files, "FEW_BYTES", 0)
    in_tasks = profile_pass(files, plan)
    of_frame = profile_pass(_frame(spark, days).repartition(3), plan)

    assert _rounded(at_hand) == _rounded(in_tasks) == _rounded(of_frame)
    assert [each[:2] for each in at_hand] == [each[:2] for each in of_frame]


def test_each_day_has_the_profiles_of_its_arrays_and_an_empty_one_none(
    days: dict[str, str], plan: ProfilePlan
) -> None:
    found = profile_pass(ProfiledFiles(None, tuple(days.values())), plan)

    assert {each.partition for each in found} == set(DAYS) - {"2013-01-03"}
    for day, rows in DAYS.items():
        whole = [each for each in found if each[:2] == (day, ALL_ROWS)]
        temp = _day(rows)["temp"].to_pandas().to_numpy()
        gaps = _day(rows)["temp"].is_null().to_numpy()
        [expected] = profile_columns({"temp": np.ma.MaskedArray(temp, gaps)}, [plan.edges[0]])
        if rows:
            assert _rounded(whole[:1]) == _rounded([PartitionProfile(day, ALL_ROWS, expected)])
        else:
            assert whole == []


def test_segments_add_up_to_all_rows(days: dict[str, str], plan: ProfilePlan) -> None:
    found = profile_pass(ProfiledFiles(None, tuple(days.values())), plan)

    assert {each.segment for each in found} == {ALL_ROWS, *plan.segmentations[0].segments}
    for day in set(DAYS) - {"2013-01-03"}:
        of_day = [each for each in found if each.partition == day]
        whole = [each.profile for each in of_day if each.segment == ALL_ROWS]
        parts = merge_all([each.profile for each in of_day if each.segment != ALL_ROWS])
        assert [profile.column for profile in parts] == [cut.column for cut in plan.edges]
        for ours, sum_of_parts in zip(whole, parts, strict=True):
            assert sum_of_parts.sums == pytest.approx(ours.sums)
            whole_alone = {"sums": ours.sums, "distinct": ours.distinct}
            assert _comparable(replace(sum_of_parts, **whole_alone)) == _comparable(ours)


def test_fields_of_a_struct_are_read_by_their_place(tmp_path: Path) -> None:
    rows = [{"temp": 5.0, "carrier": "AA"}, {"temp": None, "carrier": "XX"}, None]
    table = pa.table({"features": pa.array(rows), "score": [0.5, 0.25, 0.75]})
    path = _write(tmp_path, table, "2013-01-01")
    leaves = {"temp": "features.temp", "carrier": "features.carrier"}
    score = Edges("score", "numeric", edges=(0.5,))

    found = profile_pass(ProfiledFiles(None, (path,), leaves), ProfilePlan((TEMP, CARRIER, score)))

    temp, carrier, scores = [each.profile for each in found]
    assert (temp.counts, temp.missing) == ((0, 1, 0, 0), 2)
    assert (carrier.counts, carrier.missing, carrier.unseen) == ((1, 0, 1), 1, {"XX": 1})
    assert scores.counts == (1, 2)


def test_a_column_that_is_younger_than_a_file_is_missing_there(tmp_path: Path) -> None:
    old = _write(tmp_path, pa.table({"carrier": ["AA", "UA"]}), "2013-01-01")
    new = _write(tmp_path, pa.table({"carrier": ["AA"], "temp": [5.0]}), "2013-01-02")

    first, second = profile_pass(ProfiledFiles(None, (old, new)), ProfilePlan((TEMP,)))

    assert (first.profile.rows, first.profile.missing) == (2, 2)
    assert second.profile.counts == (0, 1, 0, 0)


def test_five_hundred_columns_are_profiled_in_one_pass(tmp_path: Path) -> None:
    generator = np.random.default_rng(8)
    values = generator.normal(size=(500, 1_000))
    path = _write(tmp_path, pa.table({f"x{i}": row for i, row in enumerate(values)}), "2013-01-01")
    edges = tuple(edges_from_values(f"x{i}", row[:300]) for i, row in enumerate(values))

    found = profile_pass(ProfiledFiles(None, (path,)), ProfilePlan(edges))

    expected = profile_columns({f"x{i}": row for i, row in enumerate(values)}, edges)
    assert [each.profile.counts for each in found] == [profile.counts for profile in expected]
    assert [each.profile.distinct for each in found] == [profile.distinct for profile in expected]


def test_no_files_and_a_frame_without_rows_have_no_profiles(spark: Any) -> None:
    frame = spark.createDataFrame(pa.table({"temp": [1.0], "partition": ["d"]})).where("temp > 5")

    assert profile_pass(frame, ProfilePlan((TEMP,))) == []
    assert profile_pass(ProfiledFiles(spark, ()), ProfilePlan((TEMP,))) == []


def test_an_absent_column_is_named(spark: Any, tmp_path: Path) -> None:
    table = pa.table({"carrier": ["AA"]})
    files = ProfiledFiles(spark, (_write(tmp_path, table, "d"),))
    frame = spark.createDataFrame(table.append_column("partition", pa.array(["d"])))

    for rows in (files, frame):
        with pytest.raises(UserError, match="no column temp"):
            profile_pass(rows, ProfilePlan((TEMP, CARRIER)))
