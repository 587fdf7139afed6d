from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.drift.window_lengths import window_lengths


@given(st.integers(1, 2_000))
def test_they_go_from_one_partition_to_the_declared_window(declared: int) -> None:
    found = window_lengths(declared)

    assert (found[0], found[-1]) == (1, declared)
    assert list(found) == sorted(set(found))
    assert all(2 * short <= long for short, long in pairwise(found))
