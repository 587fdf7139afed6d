from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.distinct_count import sketch_numbers
from ml_platform.core.edges import Edges
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.profile_columns import profile_columns

TEMP = Edges("temp", "numeric", edges=(0.0, 10.0), version=4)
CARRIER = Edges("carrier", "categorical", categories=("AA", "UA"))


def test_numbers_are_counted_per_bin_and_their_troubles_apart() -> None:
    values = np.array([-1, 0, 9.99, 10, np.nan, np.inf, -np.inf, None], dtype=object)

    [profile] = profile_columns({"temp": values, "ignored": values}, [TEMP])

    assert profile == ColumnProfile(
        column="temp",
        kind="numeric",
        edge_version=4,
        rows=8,
        missing=1,
        nan=1,
        infinite=2,
        minimum=-1.0,
        maximum=10.0,
        counts=(1, 2, 1),
        sums=(-1.0, pytest.approx(9.99), 10.0),
        distinct=sketch_numbers(np.array([-1, 0, 9.99, 10])),
    )
    assert profile.total == pytest.approx(18.99)


def test_categories_are_counted_and_strangers_named() -> None:
    values = np.array(["AA", "ZZ", None, "AA", "XX", "ZZ"], dtype=object)

    [profile] = profile_columns({"carrier": values}, [CARRIER])

    assert profile.counts == (2, 0, 3)
    assert profile.unseen == {"ZZ": 2, "XX": 1}
    assert (profile.rows, profile.missing, profile.minimum) == (6, 1, None)
    assert (profile.sums, profile.total) == ((), 0.0)
    assert profile.distinct_values == pytest.approx(3, rel=0.01)


def test_no_rows_make_an_empty_profile() -> None:
    empty = np.array([])

    first, second = profile_columns({"temp": empty, "carrier": empty}, [TEMP, CARRIER])

    assert (first.rows, first.counts, first.minimum) == (0, (0, 0, 0), None)
    assert (second.rows, second.counts) == (0, (0, 0, 0))


def test_random_text_cannot_grow_a_profile_without_bound() -> None:
    values = np.array([f"id-{i}" for i in range(5_000)])

    [profile] = profile_columns({"carrier": values}, [CARRIER])

    assert len(profile.unseen) == 1_000
    assert profile.counts[-1] == 5_000


def test_an_absent_column_is_an_error() -> None:
    with pytest.raises(KeyError, match="temp"):
        profile_columns({}, [TEMP])
