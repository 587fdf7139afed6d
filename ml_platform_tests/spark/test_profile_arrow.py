from __future__ import annotations

import datetime as dt
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from ml_platform.core.edges import Edges, edges_from_values
from ml_platform.core.errors import UserError
from ml_platform.core.profile_columns import profile_columns
from ml_platform.spark.profile_arrow import arrow_profile

TEMP = Edges("temp", "numeric", edges=(0.0, 10.0, 20.0))
CARRIER = Edges("carrier", "categorical", categories=("AA", "UA"))
GENERATOR = np.random.default_rng(4)


def test_null_nan_and_infinity_are_counted_apart() -> None:
    profile = arrow_profile(pa.array([None, np.nan, np.inf, -np.inf, 5.0, 25.0]), TEMP)

    assert (profile.rows, profile.missing, profile.nan, profile.infinite) == (6, 1, 1, 2)
    assert (profile.counts, profile.sums) == ((0, 1, 0, 1), (0.0, 5.0, 0.0, 25.0))
    assert (profile.minimum, profile.maximum, profile.total) == (5.0, 25.0, 30.0)


@pytest.mark.parametrize(
    ("values", "counts"),
    [
        (pa.array([1, None, 15], pa.int64()), (0, 1, 1, 0)),
        (pa.array([1, None, 15], pa.int8()), (0, 1, 1, 0)),
        (pa.array([1.5, None, 15], pa.float32()), (0, 1, 1, 0)),
        (pa.array([True, False, None]), (0, 2, 0, 0)),
        (pa.array([Decimal("-1.5"), Decimal("12.25"), None]), (1, 0, 1, 0)),
        (pa.array([dt.date(1970, 1, 1), None, dt.date(1971, 1, 1)]), (0, 1, 0, 1)),
        (
            pa.array([dt.datetime(1970, 1, 1, 0, 0, 12), None], pa.timestamp("us", "UTC")),
            (0, 0, 1, 0),
        ),
        (pa.array([dt.datetime(1970, 1, 1, 0, 0, 12), None], pa.timestamp("ns")), (0, 0, 1, 0)),
        (pa.array([dt.timedelta(seconds=12), None], pa.duration("ms")), (0, 0, 1, 0)),
        (pa.nulls(1), (0, 0, 0, 0)),
    ],
    ids=lambda each: str(each.type) if isinstance(each, pa.Array) else "",
)
def test_every_numeric_type_is_binned(values: pa.Array, counts: tuple[int, ...]) -> None:
    profile = arrow_profile(values, TEMP)

    assert profile.counts == counts
    assert profile.missing == 1


def test_text_has_no_place_in_numeric_bins() -> None:
    with pytest.raises(UserError, match="column temp has numeric bins, but its values are string"):
        arrow_profile(pa.array(["1.5"]), TEMP)


def test_numbers_have_the_profile_of_their_array() -> None:
    values = GENERATOR.normal(10, 8, 50_000)
    holes = GENERATOR.random(50_000) < 0.1
    edges = edges_from_values("temp", values[:1_000])

    [expected] = profile_columns({"temp": np.ma.MaskedArray(values, holes)}, [edges])

    assert arrow_profile(pa.array(values, mask=holes), edges) == expected


@pytest.mark.parametrize("distinct", [3, 10_000])
def test_text_has_the_profile_of_its_array(distinct: int) -> None:
    names = np.array([f"näme {i}" for i in range(distinct)] + ["", None], dtype=object)
    values = names[GENERATOR.integers(0, len(names), 60_000)]
    edges = edges_from_values("carrier", values[:30_000])
    plain = pa.array(values, pa.string())

    [expected] = profile_columns({"carrier": values}, [edges])

    assert len(edges.categories) > 0.9 * distinct
    for form in (plain, plain.cast(pa.large_string()), plain.dictionary_encode()):
        assert arrow_profile(form, edges) == expected
    # A stretch of a longer array, whose dictionary holds values that are not in it.
    part = plain.dictionary_encode().slice(100, 50)
    [expected] = profile_columns({"carrier": values[100:150]}, [edges])
    assert arrow_profile(part, edges) == expected


def test_unseen_categories_are_named_up_to_a_bound() -> None:
    profile = arrow_profile(pa.array(["AA", "XX", None, "XX", "YY"]), CARRIER)
    many = arrow_profile(pa.array([f"id-{i}" for i in range(5_000)] + ["top"] * 2), CARRIER)

    assert (profile.counts, profile.missing) == ((1, 0, 3), 1)
    assert profile.unseen == {"XX": 2, "YY": 1}
    assert (len(many.unseen), many.unseen["top"], many.counts[-1]) == (1_000, 2, 5_002)


@pytest.mark.parametrize(
    ("values", "categories"),
    [
        (pa.array([1, None, 3], pa.int64()), ("1", "3")),
        (pa.array([True, None, False]), ("True", "False")),
        (pa.array([Decimal("1.50"), None, Decimal("2.00")]), ("1.50", "2.00")),
        (pa.array([1.5, np.nan, 2.0]), ("1.5", "2.0")),
        (pa.array([dt.date(2013, 1, 1), None, dt.date(2013, 1, 2)]), ("2013-01-01", "2013-01-02")),
    ],
    ids=lambda each: str(each.type) if isinstance(each, pa.Array) else "",
)
def test_every_type_can_be_categories(values: pa.Array, categories: tuple[str, ...]) -> None:
    profile = arrow_profile(values, Edges("x", "categorical", categories=categories))

    assert profile.counts == (1, 1, 0)
    assert profile.missing == 1


def test_a_column_without_a_value_is_all_missing() -> None:
    for values in (pa.nulls(3), pa.nulls(3, pa.string())):
        profile = arrow_profile(values, CARRIER)

        assert (profile.counts, profile.missing, profile.unseen) == ((0, 0, 0), 3, {})
        assert profile.distinct_values == 0
