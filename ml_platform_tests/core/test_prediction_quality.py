from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml_platform.core.prediction_quality import (
    NO_SCORES,
    NOTHING_LOGGED,
    LoggedKeys,
    ScoreRange,
    logged_outcome,
    predicted_outcome,
)
from ml_platform.core.verdict import Verdict

SANE = ScoreRange(undefined=0, lowest=0.0, highest=1.0)


@given(st.integers(0, 100), st.integers(0, 100))
def test_every_row_needs_one_score(rows: int, scored: int) -> None:
    assert predicted_outcome(rows, scored, SANE).verdict.passed == (rows == scored > 0)


@given(st.floats(), st.floats())
def test_scores_must_lie_within_0_and_1(lowest: float, highest: float) -> None:
    outcome = predicted_outcome(100, 100, ScoreRange(0, lowest, highest))

    assert outcome.verdict.passed == (lowest >= 0 and highest <= 1)
    assert outcome.verdict.evaluated


def test_sane_scores_are_said_with_their_range() -> None:
    outcome = predicted_outcome(100, 100, ScoreRange(0, 0.0123, 0.987654))

    assert outcome.sentence == "100 predictions for 100 rows, scores from 0.0123 to 0.9877"
    assert outcome.numbers["highest_score"] == 0.987654


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (ScoreRange(3, 0.1, 0.9), "but 3 scores missing or not a number"),
        (ScoreRange(1, 0.1, 0.9), "but 1 score missing or not a number"),
        (ScoreRange(100, nan, nan), "but 100 scores missing or not a number"),
        (ScoreRange(0, -0.1, 0.9), "but scores reach from -0.1 to 0.9: they must lie within 0"),
        (ScoreRange(0, 0.1, inf), "but scores reach from 0.1 to inf: they must lie within 0"),
    ],
)
def test_a_score_that_is_no_probability_fails(scores: ScoreRange, said: str) -> None:
    outcome = predicted_outcome(100, 100, scores)

    assert outcome.verdict is Verdict.FAILED
    assert outcome.sentence.startswith(f"100 predictions for 100 rows, {said}")


def test_no_events_are_no_proof_that_events_are_scored() -> None:
    assert predicted_outcome(0, 0, NO_SCORES).verdict is Verdict.NOT_EVALUATED


def test_the_log_may_hold_more_than_the_predictions() -> None:
    outcome = logged_outcome(LoggedKeys(100, 102, missing=0, doubled=0, added=7))

    assert outcome.verdict is Verdict.PASSED
    assert outcome.sentence == "102 log rows for 100 predictions, 7 of them new"


@pytest.mark.parametrize(
    ("missing", "doubled", "found"),
    [
        (1, 0, "1 prediction missing from the log, 0 keys in it more than once"),
        (0, 1, "0 predictions missing from the log, 1 key in it more than once"),
    ],
)
def test_a_key_missing_or_doubled_fails_whatever_the_number_of_rows(
    missing: int, doubled: int, found: str
) -> None:
    outcome = logged_outcome(LoggedKeys(100, 100, missing, doubled, added=7))

    assert outcome.verdict is Verdict.FAILED
    assert outcome.sentence == f"{found}: 100 log rows for 100 predictions, 7 of them new"


def test_no_predictions_are_no_proof_that_predictions_are_logged() -> None:
    assert logged_outcome(NOTHING_LOGGED).verdict is Verdict.NOT_EVALUATED


@given(st.floats(), st.floats())
def test_predicted_numbers_must_be_finite(lowest: float, highest: float) -> None:
    outcome = predicted_outcome(100, 100, ScoreRange(0, lowest, highest), probabilities=False)

    assert outcome.verdict.passed == (lowest > float("-inf") and highest < float("inf"))
