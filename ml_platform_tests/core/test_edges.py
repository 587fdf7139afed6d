from __future__ import annotations

import json
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core import edges as edges_module
from ml_platform.core.edges import Edges, edges_from_values
from ml_platform.core.profile_columns import profile_columns

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def _counts(edges: Edges, values: list[float]) -> tuple[int, ...]:
    return profile_columns({edges.column: np.array(values)}, [edges])[0].counts


def test_every_bin_holds_about_as_many_reference_rows() -> None:
    values = np.random.default_rng(0).exponential(size=64_000)

    edges = edges_from_values("delay", values)
    counts = _counts(edges, list(values))

    assert edges.bins == 66
    assert counts[0] == counts[-1] == 0
    assert min(counts[1:-1]) >= 999
    assert max(counts[1:-1]) <= 1_001


def test_an_atom_has_its_bin_to_itself() -> None:
    values = np.append(np.zeros(900), np.random.default_rng(0).random(100))

    edges = edges_from_values("rain", values)

    assert _counts(edges, [0.0] * 7 + [1e-300] * 3)[1:3] == (7, 3)


def test_edges_say_which_bins_hold_a_single_value() -> None:
    values = np.append(np.zeros(900), np.random.default_rng(0).random(100))
    edges = edges_from_values("rain", values)

    assert edges.atoms == (1,)
    assert edges_from_values("delay", np.random.default_rng(0).random(9_000)).atoms == ()
    assert Edges("origin", "categorical", categories=("JFK", "EWR")).atoms == ()


def test_few_values_are_cut_at_each_and_between_them() -> None:
    edges = edges_from_values("engines", np.array([2, 4, 2, 4]))

    assert _counts(edges, [1, 2, 3, 4, 5]) == (1, 1, 1, 1, 1)


@given(st.lists(FINITE, min_size=1, max_size=200), st.integers(1, 64))
def test_no_reference_value_falls_into_a_tail(values: list[float], bins: int) -> None:
    edges = edges_from_values("x", np.array(values), bins)
    counts = _counts(edges, values)

    assert list(edges.edges) == sorted(set(edges.edges))
    assert sum(counts) == len(values)
    assert counts[0] == 0
    # No cut is left to close the last bin when it holds the greatest number there is.
    assert counts[-1] == 0 or max(values) == np.finfo(np.float64).max


def test_values_without_a_finite_number_have_one_bin() -> None:
    edges = edges_from_values("x", np.array([np.nan, np.inf]))

    assert (edges.kind, edges.edges, edges.bins) == ("numeric", (), 1)


def test_categories_are_ranked_by_frequency_then_name() -> None:
    values = np.array(["b", "a", None, "c", "c", float("nan")], dtype=object)

    assert edges_from_values("x", values).categories == ("c", "a", "b")


def test_rare_categories_beyond_the_limit_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(edges_module, "MAX_CATEGORIES", 2)

    assert edges_from_values("x", np.array(["a", "b", "b", "c", "c"])).categories == ("b", "c")


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (np.array([True, False]), "numeric"),
        (np.array(["2013-01-01"], dtype="datetime64[D]"), "numeric"),
        (np.array([1, None, 2.5, Decimal(3)], dtype=object), "numeric"),
        (np.array([None, "1"], dtype=object), "categorical"),
        (np.array([None], dtype=object), "categorical"),
    ],
)
def test_the_kind_follows_from_the_values(values: np.ndarray, kind: str) -> None:
    assert edges_from_values("x", values).kind == kind


def test_numbers_can_be_declared_categories() -> None:
    edges = edges_from_values("month", np.array([1, 1, 2]), kind="categorical")

    assert edges.categories == ("1", "2")


@given(st.lists(FINITE, max_size=50), st.lists(st.text(), max_size=20))
def test_edges_survive_json(values: list[float], names: list[str]) -> None:
    for edges in (
        edges_from_values("x", np.array(values), version=3),
        edges_from_values("y", np.array(names, dtype=object), kind="categorical"),
    ):
        row = json.loads(json.dumps(edges.to_row(), allow_nan=False))
        assert Edges.from_row(row | {"partition": "ignored"}) == edges
