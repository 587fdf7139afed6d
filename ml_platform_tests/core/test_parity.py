import numpy as np
import pytest

from ml_platform.core.parity import Parity, compare_scores

SCORES = np.array([0.25, 0.5, np.nan])


def test_equal_bits_are_parity_and_a_missing_score_is_equal_to_itself() -> None:
    assert compare_scores(SCORES, SCORES.copy()) == Parity(3, 0)


def test_the_last_bit_counts() -> None:
    other = SCORES.copy()
    other[1] = np.nextafter(0.5, 1)
    found = compare_scores(SCORES, other)
    assert (found.rows, found.different) == (3, 1)
    assert found.example == "row 1: 0.5 in batch, 0.5000000000000001 online"


def test_the_two_zeros_are_not_the_same_bits() -> None:
    assert compare_scores(np.array([0.0]), np.array([-0.0])).different == 1


def test_a_decision_that_differs_counts_where_the_scores_agree() -> None:
    batch, online = np.array([1, 0, 1]), np.array([1, 1, 1])
    found = compare_scores(SCORES, SCORES, (batch, online))
    assert found == Parity(3, 1, "row 1: decided 0 in batch, 1 online")


def test_answers_that_are_missing_are_no_parity() -> None:
    with pytest.raises(ValueError, match="3 rows in batch, 2 online"):
        compare_scores(SCORES, SCORES[:2])
