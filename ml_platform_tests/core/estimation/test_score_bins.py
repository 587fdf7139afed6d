from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.estimation.score_bins import BINS, ScoreBins

SCORES = st.lists(st.floats(0, 1), min_size=1, max_size=200)


@given(SCORES, st.floats(0, 1))
def test_no_bin_holds_reference_rows_of_both_decisions(
    scores: list[float], threshold: float
) -> None:
    bins = ScoreBins.of(scores, threshold)
    decided = np.asarray(scores) >= threshold
    for number in set(bins.place(scores).tolist()):
        assert len(set(decided[bins.place(scores) == number].tolist())) == 1


@given(SCORES, st.floats(0, 1))
def test_the_mean_of_a_bin_is_decided_as_its_rows_are(
    scores: list[float], threshold: float
) -> None:
    bins = ScoreBins.of(scores, threshold)
    means = np.asarray(bins.scores)[bins.place(scores)]
    assert ((means >= threshold) == (np.asarray(scores) >= threshold)).all()


@given(SCORES, SCORES)
def test_every_score_is_counted_once_and_the_outer_bins_are_new(
    reference: list[float], later: list[float]
) -> None:
    bins = ScoreBins.of(reference, 0.5)
    counts = bins.counts(later)
    assert (len(counts), counts.sum()) == (len(bins), len(later))
    new = [s for s in later if not min(reference) <= s <= max(reference)]
    assert counts[0] + counts[-1] == len(new)
    assert bins.counts(reference)[[0, -1]].tolist() == [0, 0]


def test_bins_hold_about_as_many_rows_each() -> None:
    scores = np.random.default_rng(0).beta(1, 30, 64_000)
    counts = ScoreBins.of(scores, 2.0).counts(scores)[1:-1]
    assert len(counts) == BINS
    assert counts.min() > 900
    assert counts.max() < 1_100


def test_equal_scores_make_one_bin() -> None:
    assert ScoreBins.of([0.3] * 100, 0.5).counts([0.3]).tolist() == [0, 1, 0]


def test_nothing_cannot_be_cut() -> None:
    with pytest.raises(ValueError, match="no reference scores"):
        ScoreBins.of([], 0.5)
