"""Profiles for the tests of the drift statistics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from ml_platform.core.edges import Edges, edges_from_values
from ml_platform.core.profile import ColumnProfile
from ml_platform.core.profile_columns import profile_columns


def counted(counts: Sequence[int], missing: int = 0, kind: str = "numeric") -> ColumnProfile:
    """A profile of the column ``x`` that holds just these counts; bin i of numbers all i."""
    numbers = [i for i, count in enumerate(counts) if count] if kind == "numeric" else []
    return ColumnProfile(
        column="x",
        kind="numeric" if kind == "numeric" else "categorical",
        edge_version=1,
        rows=sum(counts) + missing,
        missing=missing,
        nan=0,
        infinite=0,
        minimum=float(numbers[0]) if numbers else None,
        maximum=float(numbers[-1]) if numbers else None,
        counts=tuple(counts),
        sums=tuple(float(i * n) for i, n in enumerate(counts)) if kind == "numeric" else (),
    )


def profiled(values: np.ndarray, edges: Edges) -> ColumnProfile:
    """The profile of an array."""
    return profile_columns({edges.column: values}, [edges])[0]


def edges_of(values: np.ndarray, column: str = "x") -> Edges:
    """The edges that the reference values give."""
    return edges_from_values(column, values)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[ColumnProfile, ColumnProfile]:
    """Two profiles in the same bins, of any sizes, empty ones included."""
    bins = draw(st.integers(1, 40))
    kind = draw(st.sampled_from(["numeric", "categorical"]))
    counts = st.lists(st.integers(0, 1_000), min_size=bins, max_size=bins)
    missing = st.integers(0, 1_000)
    return (
        counted(draw(counts), draw(missing), kind),
        counted(draw(counts), draw(missing), kind),
    )
