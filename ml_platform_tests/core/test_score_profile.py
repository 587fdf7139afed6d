from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.profile_columns import profile_columns
from ml_platform.core.score_profile import SCORE, SCORE_EDGES, predicted_edges, score_segment


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


def test_predicted_numbers_have_bins_at_their_own_quantiles_that_are_only_ever_divided() -> None:
    first = np.random.default_rng(0).normal(10_000, 2_000, 5_000)
    cut = predicted_edges(first)
    (profile,) = profile_columns({SCORE: first}, [cut])
    assert max(profile.counts) < 0.03 * len(first)
    assert predicted_edges(first, cut) is cut

    later = predicted_edges(first + 20_000, cut)
    assert later.version == cut.version + 1
    assert set(cut.edges) <= set(later.edges)
