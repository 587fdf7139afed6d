from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core import edge_growth
from ml_platform.core.edge_growth import HEAVY, refined
from ml_platform.core.edges import Edges, edges_from_values
from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.rebinning import rebinned

FINITE = st.floats(-1e9, 1e9)


def test_bins_that_still_suit_stay_as_they_are() -> None:
    generator = np.random.default_rng(3)
    edges = edges_from_values("temp", generator.normal(size=20_000))

    assert refined(edges, generator.normal(size=20_000)) is edges


def test_values_beyond_the_reference_get_bins_of_their_own() -> None:
    generator = np.random.default_rng(3)
    edges = edges_from_values("temp", generator.normal(size=20_000))
    moved = generator.normal(4, 1, size=20_000)

    finer = refined(edges, moved)

    shares = profile_columns({"temp": moved}, [finer])[0].shares
    assert finer.version == edges.version + 1
    assert set(edges.edges) < set(finer.edges)
    assert shares.max() < HEAVY
    assert shares[0] == shares[-1] == 0
    assert refined(finer, moved) is finer


@given(st.lists(FINITE, min_size=1, max_size=60), st.lists(FINITE, max_size=60))
def test_old_bins_can_always_be_told_from_the_new_ones(first: list, second: list) -> None:
    edges = edges_from_values("x", np.array(first), bins=8)
    values = np.array([*second, np.nan, np.inf])
    finer = refined(edges, values, bins=8)
    old, new = (profile_columns({"x": values}, [cut])[0] for cut in (edges, finer))

    told = rebinned(new, finer, edges)

    assert told is not None
    assert told.counts == old.counts
    assert told.sums == pytest.approx(old.sums, abs=1e-3)


def test_an_atom_is_heavy_and_stays_whole() -> None:
    values = np.append(np.zeros(900), np.random.default_rng(0).random(100))
    edges = edges_from_values("rain", values)

    assert refined(edges, values) is edges


def test_frequent_unseen_categories_are_added_behind_the_known_ones() -> None:
    edges = Edges("carrier", "categorical", categories=("AA", "UA"))
    few = np.array(["AA"] * 97 + ["ZZ"] * 3)
    many = np.array(["AA"] * 90 + ["YY"] * 4 + ["ZZ"] * 6)

    assert refined(edges, few) is edges
    assert refined(edges, many).categories == ("AA", "UA", "ZZ", "YY")
    assert refined(edges, many).version == 2


def test_bins_do_not_grow_without_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edge_growth, "MOST_CUTS", 70)
    monkeypatch.setattr(edge_growth, "MAX_CATEGORIES", 2)
    numbers = edges_from_values("x", np.random.default_rng(0).random(10_000))
    names = Edges("carrier", "categorical", categories=("AA", "UA"))

    assert refined(numbers, np.random.default_rng(0).random(10_000) + 5) is numbers
    assert refined(names, np.array(["ZZ"])) is names
