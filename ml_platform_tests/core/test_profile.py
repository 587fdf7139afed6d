from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.edges import Edges
from ml_platform.core.profile import ColumnProfile, ProfileError, merge, merge_all, subtract
from ml_platform.core.profile_columns import profile_columns

NUMBER = Edges("x", "numeric", edges=(-1.0, 0.0, 1.0))
NAME = Edges("y", "categorical", categories=("a", "b"))

# Whole numbers, so that their sum is exact in any order.
numbers = st.lists(
    st.one_of(st.none(), st.integers(-5, 5), st.sampled_from([np.nan, np.inf, -np.inf])),
    max_size=12,
)
names = st.lists(st.one_of(st.none(), st.sampled_from("abcde")), max_size=12)


def _profile(edges: Edges, values: list) -> ColumnProfile:
    return profile_columns({edges.column: np.array([*values, None], dtype=object)[:-1]}, [edges])[0]


columns = st.one_of(
    st.tuples(st.just(NUMBER), numbers, numbers, numbers),
    st.tuples(st.just(NAME), names, names, names),
)


@given(columns)
def test_merging_in_any_order_profiles_all_rows_together(column: tuple) -> None:
    edges, first, second, third = column
    a, b, c = (_profile(edges, values) for values in (first, second, third))
    together = _profile(edges, [*first, *second, *third])

    assert merge(a, b) == merge(b, a)
    assert merge(merge(a, b), c) == merge(a, merge(b, c)) == together


@given(columns)
def test_a_part_taken_out_of_the_whole_leaves_the_others(column: tuple) -> None:
    edges, first, second, _ = column
    rest, part = _profile(edges, first), _profile(edges, second)
    whole = merge(rest, part)

    left = subtract(whole, part)

    kept = {"minimum": whole.minimum, "maximum": whole.maximum, "distinct": whole.distinct}
    assert left == replace(rest, **kept)


def test_what_is_no_part_of_the_whole_is_not_subtracted() -> None:
    day = _profile(NUMBER, [0.5, None])

    with pytest.raises(ProfileError, match="'x' to subtract is no part of the whole"):
        subtract(day, _profile(NUMBER, [0.5, 0.5]))
    with pytest.raises(ProfileError, match="'x' to subtract is no part of the whole"):
        subtract(day, _profile(NUMBER, [None, None]))
    with pytest.raises(ProfileError, match="different bins"):
        subtract(day, replace(day, edge_version=2))


def test_no_rows_leave_a_profile_unchanged() -> None:
    for day in (_profile(NUMBER, [0.5, None]), _profile(NAME, ["a", "z"])):
        nothing = ColumnProfile.of_no_rows(day)

        assert (nothing.rows, nothing.values) == (0, 0)
        assert merge(day, nothing) == merge(nothing, day) == day


def test_distinct_values_are_counted_over_all_parts() -> None:
    halves = [_profile(NUMBER, list(range(start, start + 600))) for start in (0, 300)]

    assert merge(*halves).distinct_values == pytest.approx(900, rel=0.1)
    assert merge(*halves).total == sum(range(600)) + sum(range(300, 900))


@given(columns)
def test_every_row_is_counted_exactly_once(column: tuple) -> None:
    edges, values, *_ = column
    profile = _profile(edges, values)

    assert profile.rows == len(values)
    assert profile.rows == profile.missing + profile.nan + profile.infinite + profile.values
    assert profile.shares.sum() == pytest.approx(1.0 if profile.values else 0.0)


@given(columns)
def test_a_profile_survives_its_table(column: tuple) -> None:
    edges, values, *_ = column
    profile = _profile(edges, values)
    row = json.loads(json.dumps(profile.to_row(), allow_nan=False))

    assert ColumnProfile.from_row(row | {"partition": "2013-01-01", "segment": "all"}) == profile


def test_only_the_most_frequent_unseen_values_are_stored() -> None:
    values = [f"v{i:02}" for i in range(30)] + ["v29"]
    stored = ColumnProfile.from_row(_profile(NAME, values).to_row())

    assert list(stored.unseen)[:2] == ["v29", "v00"]
    assert len(stored.unseen) == 20
    assert stored.counts[-1] == 31


def test_a_window_is_the_sum_of_its_partitions() -> None:
    days = [_profile(NUMBER, [0.5, None]), _profile(NAME, ["a"]), _profile(NUMBER, [7])]

    assert merge_all(days) == [_profile(NUMBER, [0.5, None, 7]), _profile(NAME, ["a"])]
    assert merge_all([]) == []


def test_profiles_in_different_bins_never_add() -> None:
    profile = _profile(NUMBER, [0.5])

    with pytest.raises(ProfileError, match=r"'x' were counted in different bins .* 1, 2"):
        merge(profile, replace(profile, edge_version=2))
    with pytest.raises(ProfileError, match="different columns: 'x', 'z'"):
        merge(profile, replace(profile, column="z"))


def test_values_the_reference_never_had_are_counted_beyond_both_ends_or_as_other() -> None:
    assert _profile(NUMBER, [-7, -0.5, 0, 4, 5]).outside == 3
    assert _profile(NAME, ["a", "z", "zz"]).outside == 2
    assert replace(_profile(NAME, []), counts=()).outside == 0
