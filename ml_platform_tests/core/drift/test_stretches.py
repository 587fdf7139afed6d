from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.drift.range_novelty import range_novelty
from ml_platform.core.drift.stretches import Stretches, as_seen_by
from ml_platform.core.drift.wasserstein import wasserstein
from ml_platform.core.profile import ColumnProfile, ProfileError, merge_all, subtract
from ml_platform_tests.core.drift.profiles import counted, edges_of, profiled

COUNTS = st.lists(st.lists(st.integers(0, 50), min_size=4, max_size=4), min_size=3, max_size=12)


def _plain(profile: ColumnProfile) -> tuple[object, ...]:
    return profile.rows, profile.missing, profile.counts, profile.minimum, profile.maximum


def _parts(counts: list[list[int]]) -> list[ColumnProfile]:
    return [
        replace(counted(each, missing=i), minimum=float(-i), maximum=float(i))
        for i, each in enumerate(counts)
    ]


@given(COUNTS, st.data())
def test_a_stretch_is_the_merge_of_its_partitions(
    counts: list[list[int]], data: st.DataObject
) -> None:
    parts = _parts(counts)
    start = data.draw(st.integers(0, len(parts) - 1))
    end = data.draw(st.integers(start + 1, len(parts)))

    found = Stretches(parts).at(slice(start, end))

    assert _plain(found) == _plain(merge_all(parts[start:end])[0])


@given(COUNTS)
def test_each_stretch_is_left_out_of_its_reference(counts: list[list[int]]) -> None:
    parts = [counted([n + 1 for n in each]) for each in counts]
    whole = merge_all(parts)[0]

    pairs = list(Stretches(parts).beside_the_rest(2))

    assert len(pairs) == len(parts) - 1
    for start, (rest, stretch) in enumerate(pairs):
        alone = merge_all(parts[start : start + 2])[0]
        assert stretch.rows == alone.rows
        assert rest.counts == subtract(whole, alone).counts


def test_neighbours_are_left_out_as_well() -> None:
    parts = [counted([0, 10**day, 0]) for day in range(5)]

    rests = [rest.rows for rest, _ in Stretches(parts).beside_the_rest(1, margin=1)]

    assert rests == [11100, 11000, 10001, 11, 111]


def test_a_stretch_can_be_held_against_those_before_it() -> None:
    parts = [counted([0, 10**day, 0]) for day in range(5)]

    pairs = [(r.rows, s.rows) for r, s in Stretches(parts).beside_those_before(1, 2)]

    assert pairs == [(11, 100), (110, 1000), (1100, 10000)]


def test_a_category_that_only_the_stretch_has_is_other() -> None:
    reference = counted([5, 0, 3, 0], kind="categorical")

    seen = as_seen_by(reference, counted([1, 2, 3, 4], kind="categorical"))

    assert seen.counts == (1, 0, 3, 6)


def test_values_beyond_the_range_of_the_rest_lie_in_a_tail() -> None:
    reference = counted([0, 0, 7, 2, 0, 0])

    assert as_seen_by(reference, counted([0, 4, 1, 1, 6, 0])).counts == (4, 0, 1, 1, 0, 6)
    assert as_seen_by(reference, counted([0, 0, 1, 1, 0, 0])).counts == (0, 0, 1, 1, 0, 0)


def test_the_sums_of_values_that_move_go_with_them() -> None:
    reference = counted([0, 0, 7, 2, 0, 0])

    assert as_seen_by(reference, counted([0, 4, 1, 1, 6, 0])).sums == (4, 0, 2, 3, 0, 24)


DRAWN = st.lists(st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.3, 2.0, 70.0]), min_size=8, max_size=8)


@given(st.lists(DRAWN, min_size=3, max_size=9))
def test_the_statistics_of_stretches_keep_within_their_bounds(days: list[list[float]]) -> None:
    edges = edges_of(np.array(days).ravel())
    parts = [profiled(np.array(day), edges) for day in days]
    for reference, analysis in Stretches(parts).beside_the_rest(1):
        assert 0 <= wasserstein(reference, analysis) <= 1
        assert 0 <= range_novelty(reference, analysis) <= 1


def test_beside_a_reference_of_no_values_nothing_is_moved() -> None:
    assert as_seen_by(counted([0, 0, 0]), counted([0, 4, 1])).counts == (0, 4, 1)


def test_partitions_of_other_bins_are_refused() -> None:
    with pytest.raises(ProfileError, match="different bins"):
        Stretches([counted([1, 2]), counted([1, 2, 3])])


def test_a_partition_without_values_has_no_range() -> None:
    found = Stretches([counted([0, 0]), counted([0, 0])]).at(slice(0, 2))

    assert (found.minimum, found.maximum) == (None, None)
    assert np.sum(found.counts) == 0
