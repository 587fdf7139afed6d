from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.distinct_count import NOTHING
from ml_platform.core.edges import Edges, edges_from_values
from ml_platform.core.group_profiles import numeric_profiles
from ml_platform.core.grouping import Grouping
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.profile_columns import numeric_profile

TEMP = Edges("temp", "numeric", edges=(0.0, 10.0, 20.0))
NUMBERS = st.one_of(
    st.integers(-30, 30).map(float), st.sampled_from([np.nan, np.inf, -np.inf, 1e308])
)


def _alone(
    edges: Edges, values: np.ma.MaskedArray, grouping: Grouping
) -> list[tuple[str, ColumnProfile]]:
    """Each group's rows profiled by themselves."""
    found = []
    for i, name in enumerate(grouping.names):
        of_group = values[grouping.codes == i]
        profile = numeric_profile(edges, of_group.compressed(), len(of_group))
        found.append((name, replace(profile, distinct=NOTHING)))
    return [each for each in found if each[1].rows]


@given(st.lists(st.tuples(NUMBERS, st.booleans(), st.integers(0, 2), st.integers(0, 1))))
def test_each_group_has_the_profile_of_its_rows_alone(
    rows: list[tuple[float, bool, int, int]],
) -> None:
    values = np.ma.MaskedArray([row[0] for row in rows], [row[1] for row in rows], dtype=float)
    groupings = [
        Grouping(names, np.array([row[at] for row in rows], dtype=np.intp))
        for names, at in ((("a", "b", "c"), 2), (("x", "y"), 3))
    ]

    found = list(
        numeric_profiles(TEMP, values.compressed(), ~np.ma.getmaskarray(values), groupings)
    )

    assert found == [each for grouping in groupings for each in _alone(TEMP, values, grouping)]


def test_many_rows_without_a_gap_are_counted_in_all_their_blocks() -> None:
    generator = np.random.default_rng(3)
    values, codes = generator.normal(size=60_000), generator.integers(0, 5, 60_000)
    edges = edges_from_values("temp", values[:5_000])
    grouping = Grouping(tuple("abcde"), codes)

    found = dict(numeric_profiles(edges, values, None, [grouping]))

    for name, expected in _alone(edges, np.ma.MaskedArray(values), grouping):
        assert found[name].sums == pytest.approx(expected.sums)
        assert replace(found[name], sums=expected.sums) == expected
