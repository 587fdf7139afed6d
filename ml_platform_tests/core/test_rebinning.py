from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.edges import Edges
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.rebinning import in_common_bins, rebinned

whole = st.integers(-6, 6).map(float)
cuts = st.lists(whole, max_size=6, unique=True).map(sorted).map(tuple)
letters = st.lists(st.sampled_from("abcdef"), max_size=5, unique=True).map(tuple)


def _numbers(edges: tuple[float, ...], version: int = 1) -> Edges:
    return Edges("x", "numeric", edges=edges, version=version)


def _names(categories: tuple[str, ...], version: int = 1) -> Edges:
    return Edges("x", "categorical", categories=categories, version=version)


def _profile(values: list, edges: Edges) -> ColumnProfile:
    return profile_columns({"x": np.array([*values, None], dtype=object)[:-1]}, [edges])[0]


@given(st.lists(st.one_of(whole, st.none(), st.just(np.inf)), max_size=15), cuts, cuts)
def test_new_bins_hold_what_counting_the_rows_again_would_give(
    values: list, first: tuple, second: tuple
) -> None:
    old, new = _numbers(first), _numbers(second, 2)
    told = rebinned(_profile(values, old), old, new)

    assert told is None or told == _profile(values, new)


@given(st.lists(st.one_of(st.sampled_from("abcdef"), st.none())), letters, letters)
def test_new_categories_hold_what_counting_the_rows_again_would_give(
    values: list, first: tuple, second: tuple
) -> None:
    old, new = _names(first), _names(second, 2)

    assert rebinned(_profile(values, old), old, new) == _profile(values, new)


@given(st.lists(whole, max_size=15), cuts, st.data())
def test_fewer_cuts_never_need_the_rows(values: list, fine: tuple, data: st.DataObject) -> None:
    kept = data.draw(st.lists(st.sampled_from(fine), unique=True)) if fine else []
    old, new = _numbers(fine), _numbers(tuple(sorted(kept)), 2)

    assert rebinned(_profile(values, old), old, new) == _profile(values, new)


def test_a_cut_through_values_needs_the_rows() -> None:
    old, new = _numbers((0.0, 4.0)), _numbers((0.0, 2.0, 4.0), 2)

    assert rebinned(_profile([1.0, 3.0], old), old, new) is None
    # All values lie on one side of the new cut, as the least of them tells.
    assert rebinned(_profile([2.0, 3.0], old), old, new) == _profile([2.0, 3.0], new)
    assert rebinned(_profile([-1.0, 5.0], old), old, new) == _profile([-1.0, 5.0], new)


def test_a_new_category_needs_the_rows_when_not_all_unseen_values_have_names() -> None:
    old, new = _names(("a",)), _names(("a", "z"), 2)
    profile = _profile(["a", "z", "z", "y"], old)
    unnamed = replace(profile, unseen={"z": 2})

    assert rebinned(profile, old, new) == _profile(["a", "z", "z", "y"], new)
    assert rebinned(unnamed, old, new) is None
    fewer = rebinned(unnamed, old, _names((), 2))
    assert fewer is not None
    assert (fewer.counts, fewer.unseen) == ((4,), {"a": 1, "z": 2})


def test_bins_of_the_same_version_stay() -> None:
    profile = _profile([1.0], _numbers((0.0,)))

    assert rebinned(profile, _numbers((0.0,)), _numbers((0.0,))) is profile


def test_a_reference_and_a_window_meet_in_the_older_bins() -> None:
    first, second = _numbers((0.0,)), _numbers((0.0, 2.0), 2)
    versions = {("x", 1): first, ("x", 2): second}
    old, new = _profile([1.0, 3.0], first), _profile([1.0, 3.0, 5.0], second)
    both = _profile([1.0, 3.0, 5.0], first)

    assert in_common_bins([old], [new, new], versions) == ([old], [both, both])
    assert in_common_bins([new], [old], versions) == ([both], [old])
    assert in_common_bins([new], [new], versions) == ([new], [new])


def test_bins_that_are_not_nested_are_a_mistake() -> None:
    versions = {("x", 1): _numbers((2.0,)), ("x", 2): _numbers((0.0,), 2)}
    old, new = _profile([1.0], versions["x", 1]), _profile([1.0, 3.0], versions["x", 2])

    with pytest.raises(AssertionError, match="bins of x are not nested"):
        in_common_bins([old], [new], versions)
