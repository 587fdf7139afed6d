from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from ml_platform.core.edges import Edges, edges_from_values
from ml_platform.core.errors import UserError
from ml_platform.core.profile import ColumnProfile, merge_all
from ml_platform.core.profile_columns import profile_columns
from ml_platform.spark.profile_pass import profile_frame

TEMP = Edges("temp", "numeric", edges=(0.0, 10.0, 20.0))
CARRIER = Edges("carrier", "categorical", categories=("AA", "UA"))


def _frame(spark: Any, **columns: pa.Array | list[Any]) -> Any:
    return spark.createDataFrame(pa.table(columns))


def _only(profiles: list[tuple[str, ColumnProfile]]) -> ColumnProfile:
    [(_, profile)] = profiles
    return profile


def test_a_frame_and_its_arrays_have_the_same_profiles(spark: Any) -> None:
    generator = np.random.default_rng(7)
    temp = generator.normal(10, 8, 5_000)
    carrier = generator.choice(["AA", "UA", "ZZ"], 5_000)
    days = np.where(np.arange(5_000) < 3_000, "2013-01-01", "2013-01-02")
    edges = [edges_from_values("temp", temp[:1_000]), CARRIER]
    frame = _frame(spark, temp=pa.array(temp), carrier=pa.array(carrier), partition=pa.array(days))

    found = profile_frame(frame.repartition(3), edges)

    assert [(day, p.column) for day, p in found] == [
        ("2013-01-01", "temp"),
        ("2013-01-01", "carrier"),
        ("2013-01-02", "temp"),
        ("2013-01-02", "carrier"),
    ]
    for day in ("2013-01-01", "2013-01-02"):
        inside = days == day
        expected = profile_columns({"temp": temp[inside], "carrier": carrier[inside]}, edges)
        for ours, other in zip([p for d, p in found if d == day], expected, strict=True):
            assert ours.total == pytest.approx(other.total)
            assert ours.to_row() | {"total": 0} == other.to_row() | {"total": 0}
    assert merge_all([p for _, p in found])[0].rows == 5_000


def test_null_nan_and_infinity_are_counted_apart(spark: Any) -> None:
    temp = pa.array([None, float("nan"), float("inf"), float("-inf"), 5.0, 25.0])
    profile = _only(profile_frame(_frame(spark, temp=temp, partition=["d"] * 6), [TEMP]))

    assert (profile.rows, profile.missing, profile.nan, profile.infinite) == (6, 1, 1, 2)
    assert profile.counts == (0, 1, 0, 1)
    assert (profile.minimum, profile.maximum, profile.total) == (5.0, 25.0, 30.0)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        (pa.array([1, None, 15], pa.int64()), (0, 1, 1, 0)),
        (pa.array([True, False, None]), (0, 2, 0, 0)),
        (pa.array([Decimal("-1.5"), Decimal("12.25"), None]), (1, 0, 1, 0)),
        (pa.array([dt.date(1970, 1, 1), None, dt.date(1971, 1, 1)]), (0, 1, 0, 1)),
        (
            pa.array([dt.datetime(1970, 1, 1, 0, 0, 12), None], pa.timestamp("us", "UTC")),
            (0, 0, 1, 0),
        ),
    ],
    ids=["integers", "booleans", "decimals", "dates", "timestamps"],
)
def test_every_numeric_type_is_binned(
    spark: Any, values: pa.Array, counts: tuple[int, ...]
) -> None:
    frame = _frame(spark, temp=values, partition=["d"] * len(values))
    profile = _only(profile_frame(frame, [TEMP]))

    assert profile.counts == counts
    assert profile.missing == 1


def test_unseen_categories_are_named_and_counted(spark: Any) -> None:
    carrier = pa.array(["AA", "XX", None, "XX", "YY"])
    profile = _only(profile_frame(_frame(spark, carrier=carrier, partition=["d"] * 5), [CARRIER]))

    assert profile.counts == (1, 0, 3)
    assert profile.unseen == {"XX": 2, "YY": 1}
    assert profile.missing == 1


def test_whole_numbers_can_be_categories(spark: Any) -> None:
    edges = Edges("month", "categorical", categories=("1", "2"))
    frame = _frame(spark, month=pa.array([1, None, 3], pa.int64()), partition=["d"] * 3)

    profile = _only(profile_frame(frame, [edges]))

    assert (profile.counts, profile.unseen) == ((1, 0, 1), {"3": 1})


def test_a_frame_without_rows_has_no_profiles(spark: Any) -> None:
    frame = _frame(spark, temp=pa.array([1.0]), partition=["d"]).where("temp > 5")

    assert profile_frame(frame, [TEMP]) == []


def test_an_absent_column_is_named(spark: Any) -> None:
    frame = _frame(spark, carrier=["AA"], partition=["d"])

    with pytest.raises(UserError, match="no column temp"):
        profile_frame(frame, [TEMP, CARRIER])
