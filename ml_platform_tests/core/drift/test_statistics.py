"""What every registered statistic keeps to, whatever it measures."""

from __future__ import annotations

from itertools import pairwise
from math import inf, isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml_platform.core.drift.statistics import CATEGORICAL, NUMERIC, STATISTICS, Statistic
from ml_platform.core.profile import ColumnProfile, ProfileError, merge
from ml_platform_tests.core.drift.profiles import counted, edges_of, pairs, profiled

# They see what is missing or new, not how the rest is spread.
BLIND_TO_SHAPE = {"missing_rate", "unseen_rate", "range_novelty"}

every = pytest.mark.parametrize("statistic", STATISTICS.values(), ids=STATISTICS)
numeric = pytest.mark.parametrize(
    "statistic", [s for s in STATISTICS.values() if s.kinds >= NUMERIC], ids=lambda s: s.name
)
of_shape = pytest.mark.parametrize(
    "statistic",
    [s for s in STATISTICS.values() if s.kinds >= NUMERIC and s.name not in BLIND_TO_SHAPE],
    ids=lambda s: s.name,
)
of_categories = pytest.mark.parametrize(
    "statistic",
    [s for s in STATISTICS.values() if s.kinds >= CATEGORICAL and s.name not in BLIND_TO_SHAPE],
    ids=lambda s: s.name,
)

GENERATOR = np.random.default_rng(3)
ROWS = GENERATOR.normal(size=20_000)
EDGES = edges_of(ROWS)
REFERENCE = profiled(ROWS, EDGES)
DAY = GENERATOR.normal(size=10_000)

columns = st.one_of(
    st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=60).map(np.array),
    st.lists(st.sampled_from(["a", "b", "c", "d"]), min_size=1, max_size=60).map(np.array),
)


def _suits(statistic: Statistic, profile: ColumnProfile) -> bool:
    return profile.kind in statistic.kinds


def test_each_is_found_by_its_own_name_and_read_by_a_title_of_its_own() -> None:
    assert all(name == statistic.name for name, statistic in STATISTICS.items())
    assert len({statistic.title for statistic in STATISTICS.values()}) == len(STATISTICS)


@every
@given(columns)
def test_a_column_has_not_moved_from_itself(statistic: Statistic, values: np.ndarray) -> None:
    profile = profiled(values, edges_of(values))

    if _suits(statistic, profile):
        assert statistic.measure(profile, profile) == pytest.approx(0, abs=1e-9)


@every
@given(columns)
def test_nor_has_it_when_every_row_came_thrice(statistic: Statistic, values: np.ndarray) -> None:
    edges = edges_of(values)

    if _suits(statistic, profiled(values, edges)):
        thrice = profiled(np.repeat(values, 3), edges)
        assert statistic.measure(profiled(values, edges), thrice) == pytest.approx(0, abs=1e-6)


@every
@given(pairs())
def test_it_keeps_its_bounds_and_says_nan_without_values(
    statistic: Statistic, pair: tuple[ColumnProfile, ColumnProfile]
) -> None:
    if not _suits(statistic, pair[0]):
        return
    there = [side.rows if statistic.of_rows else side.values for side in pair]
    value = statistic.measure(*pair)

    assert isnan(value) == (not all(there))
    assert isnan(value) or 0 <= value <= (1 if statistic.bounded else inf)


@every
@given(pairs())
def test_it_is_symmetric_where_it_says_so(
    statistic: Statistic, pair: tuple[ColumnProfile, ColumnProfile]
) -> None:
    if statistic.symmetric and _suits(statistic, pair[0]):
        forth, back = statistic.measure(*pair), statistic.measure(*reversed(pair))
        assert forth == pytest.approx(back, nan_ok=True, abs=1e-9)


@every
def test_one_that_claims_no_symmetry_lacks_it(statistic: Statistic) -> None:
    if statistic.symmetric:
        return
    values = np.exp(ROWS[:500])
    sides = profiled(values, edges_of(values)), profiled(1.7 * values[:300], edges_of(values))
    if statistic.kinds >= CATEGORICAL:
        many, few = [30, 25, 2, 1, 20, 3, 1, 1, 9, 2, 1, 0], [1, 2, 40, 20, 1, 2, 10, 3, 0, 6, 2, 9]
        sides = counted(many, kind="categorical"), counted(few, kind="categorical")

    forth, back = statistic.measure(*sides), statistic.measure(*reversed(sides))

    assert forth != pytest.approx(back, rel=1e-3)


@every
@settings(max_examples=50)
@given(columns, st.data())
def test_the_order_of_merging_does_not_matter(
    statistic: Statistic, values: np.ndarray, data: st.DataObject
) -> None:
    edges = edges_of(values)
    at = data.draw(st.integers(0, len(values)))
    first, second = profiled(values[:at], edges), profiled(values[at:], edges)
    reference = profiled(values[: len(values) // 2 + 1], edges)

    if _suits(statistic, reference):
        forth = statistic.measure(reference, merge(first, second))
        back = statistic.measure(reference, merge(second, first))
        assert forth == pytest.approx(back, rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("statistic", [s for s in STATISTICS.values() if not s.of_rows])
def test_different_bins_are_refused(statistic: Statistic) -> None:
    with pytest.raises(ProfileError, match="different bins"):
        statistic.measure(counted([1, 2]), counted([1, 2, 3]))


@numeric
@pytest.mark.parametrize("outlier", [1e6, -1e6, 1e300])
@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_one_outlier_in_ten_thousand_rows_changes_next_to_nothing(
    statistic: Statistic, outlier: float, shift: float
) -> None:
    plain = statistic.measure(REFERENCE, profiled(DAY + shift, EDGES))
    shifted = statistic.measure(REFERENCE, profiled(np.append(DAY + shift, outlier), EDGES))

    # Of what a shift of half a sigma weighs, or of one row in ten thousand.
    half = statistic.measure(REFERENCE, profiled(DAY + 0.5, EDGES))
    assert shifted == pytest.approx(plain, abs=max(0.005 * half, 1.5e-4))


@of_shape
@pytest.mark.parametrize("outlier", [1e6, -1e6])
def test_half_a_sigma_is_seen_beside_an_outlier_on_either_side(
    statistic: Statistic, outlier: float
) -> None:
    rows = np.append(ROWS, outlier)
    edges = edges_of(rows)
    reference = profiled(rows, edges)
    still = statistic.measure(reference, profiled(DAY, edges))

    moved = statistic.measure(reference, profiled(np.append(DAY + 0.5, outlier), edges))

    clean = statistic.measure(REFERENCE, profiled(DAY + 0.5, EDGES))
    assert moved > 5 * still
    assert moved == pytest.approx(clean, rel=0.1)


@of_shape
@pytest.mark.parametrize("direction", [-1, 1])
def test_it_grows_with_the_shift_of_a_number(statistic: Statistic, direction: int) -> None:
    found = [
        statistic.measure(REFERENCE, profiled(DAY + direction * sigma, EDGES))
        for sigma in (0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 2.0)
    ]

    assert all(less < more for less, more in pairwise(found))


@of_categories
def test_it_grows_with_the_share_that_goes_to_one_category(statistic: Statistic) -> None:
    reference = counted([500, 300, 150, 50, 0], kind="categorical")
    found = [
        statistic.measure(reference, counted([500 - n, 300, 150, 50 + n, 0], kind="categorical"))
        for n in (20, 50, 100, 200, 400)
    ]

    assert all(less < more for less, more in pairwise(found))


@pytest.mark.parametrize("name", sorted(BLIND_TO_SHAPE))
def test_what_is_missing_or_new_counts_the_more_the_more_it_is(name: str) -> None:
    reference = profiled(np.arange(1_000.0), edges_of(np.arange(1_000.0)))
    edges = edges_of(np.arange(1_000.0))
    found = []
    for share in (0.0, 0.1, 0.3, 0.6):
        values = np.arange(1_000.0)
        values[: int(share * 1_000)] = np.nan if name == "missing_rate" else 1_500.0
        found.append(STATISTICS[name].measure(reference, profiled(values, edges)))

    assert found[0] == 0
    assert all(less < more for less, more in pairwise(found))
