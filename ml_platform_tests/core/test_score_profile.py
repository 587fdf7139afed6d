from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.score_profile import SCORE, SCORE_EDGES, score_segment


@given(st.lists(st.floats(0, 1), min_size=1))
def test_every_probability_lies_inside_the_bins_the_ends_included(scores: list[float]) -> None:
    (profile,) = profile_columns({SCORE: np.array([*scores, 0.0, 1.0])}, [SCORE_EDGES])

    assert (profile.counts[0], profile.counts[-1]) == (0, 0)
    assert profile.values == len(scores) + 2


def test_the_bins_are_64_of_equal_width() -> None:
    widths = np.diff(SCORE_EDGES.edges)

    assert np.allclose(widths, 1 / 64)
    assert len(widths) == 64


def test_each_version_has_a_segment_of_its_own() -> None:
    assert score_segment(3) != score_segment(4)
