"""Labelled scores for the tests of the metrics."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

Scored = tuple[np.ndarray, np.ndarray]


def flights(rows: int, seed: int = 0, skill: float = 0.1) -> Scored:
    """A fifth are late; scores in steps of .01 (so with ties), better with more skill."""
    generator = np.random.default_rng(seed)
    label = (generator.random(rows) < 0.2).astype(int)
    score = np.clip(generator.beta(2, 8, rows) + skill * label, 0, 1)
    return label, np.round(score, 2)


@st.composite
def scored(draw: st.DrawFn, min_size: int = 0) -> Scored:
    """Any labels with scores in steps of .1, so that ties are common."""
    pairs = st.tuples(st.integers(0, 1), st.integers(0, 10))
    rows = draw(st.lists(pairs, min_size=min_size, max_size=40))
    table = np.array(rows, dtype=int).reshape(-1, 2)
    return table[:, 0], table[:, 1] / 10
