"""Divergence and loss as values between 0 and 1."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, mean_absolute_error

from ml_platform.core.rollout.betting import log_capital, refutes
from ml_platform.core.rollout.differences import by_request, divergence, excess, excess_beside, loss
from ml_platform.core.rollout.value_counts import ValueCounts

SCORES = st.lists(st.floats(allow_nan=True, allow_infinity=False, width=32), min_size=1)


@given(SCORES, st.floats(0.01, 1e6))
def test_whatever_the_scores_the_values_are_between_0_and_1(
    scores: list[float], scale: float
) -> None:
    given_scores = np.array(scores)
    for values in (
        divergence(given_scores, given_scores[::-1], scale),
        loss(given_scores, np.zeros(len(scores)), True, scale),
        loss(given_scores, np.zeros(len(scores)), False, scale),
    ):
        assert ((values >= 0) & (values <= 1)).all()


def test_the_mean_loss_is_the_brier_score_or_the_mean_absolute_error() -> None:
    chance = np.random.default_rng(1)
    score, label = chance.uniform(size=500), chance.integers(0, 2, 500).astype(float)
    assert loss(score, label, True, 1).mean() == pytest.approx(brier_score_loss(label, score))
    assert 4 * loss(score, label, False, 4).mean() == pytest.approx(
        mean_absolute_error(label, score)
    )


def test_equal_losses_are_in_the_middle() -> None:
    one = np.array([0.0, 0.3, 1.0])
    assert excess(one, one).tolist() == [0.5, 0.5, 0.5]
    assert excess(np.array([1.0, 0.0]), np.array([0.0, 1.0])).tolist() == [1.0, 0.0]


def test_rows_of_one_request_count_as_one() -> None:
    values = by_request(np.array([0.2, 0.4, 1.0]), np.array([0, 0, 1]))
    assert values == pytest.approx([0.3, 1.0])


def test_a_block_ends_as_soon_as_it_has_requests_of_both() -> None:
    losses = np.array([0.2, 0.4, 0.6, 0.1, 0.3, 0.5, 0.9])
    canary = np.array([0, 0, 1, 1, 1, 0, 0], dtype=bool)
    first, second = (1 + 0.6 - 0.3) / 2, (1 + 0.2 - 0.5) / 2
    assert excess_beside(losses, canary) == pytest.approx([first, second])


def test_more_requests_leave_the_blocks_before_them_as_they_were() -> None:
    chance = np.random.default_rng(2)
    values, canary = chance.uniform(size=400), chance.uniform(size=400) < 0.3
    whole, first = excess_beside(values, canary), excess_beside(values[:300], canary[:300])
    assert len(first) > 50
    assert whole[: len(first)] == pytest.approx(first)


@pytest.mark.parametrize("canary", [True, False])
def test_one_side_alone_is_compared_with_nobody(canary: bool) -> None:
    assert len(excess_beside(np.zeros(9), np.full(9, canary))) == 0


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_equal_versions_are_rejected_no_more_often_than_declared(share: float) -> None:
    chance, rejected = np.random.default_rng(4), 0
    for _ in range(200):
        losses, canary = chance.beta(0.5, 2, 600), chance.uniform(size=600) < share
        values = excess_beside(losses, canary)
        looks = [log_capital(ValueCounts.of(values[:n]), 0.5) for n in range(20, len(values), 20)]
        rejected += any(refutes(each, 0.05) for each in looks)
    # 200 runs at 5%: 99.9% of such experiments find at most 20.
    assert rejected <= 20
