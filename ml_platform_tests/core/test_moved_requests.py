from __future__ import annotations

from datetime import timedelta

import pytest

from ml_platform.core.moved_requests import MovedRows, lag_outcome, moved_outcome
from ml_platform.core.verdict import Verdict

MINUTE = timedelta(minutes=1)


def test_three_equal_counts_of_different_rows_pass() -> None:
    found = moved_outcome(MovedRows(7, 7, 7, 7))

    assert found.verdict is Verdict.PASSED
    assert found.numbers == {"logged": 7, "moved": 7, "found": 7, "distinct": 7}
    assert found.sentence.startswith("7 rows in the request log, 7 moved, 7 in the table")


@pytest.mark.parametrize("counts", [(8, 7, 7, 7), (7, 6, 7, 7), (7, 7, 8, 8), (7, 7, 7, 6)])
def test_any_other_count_fails(counts: tuple[int, int, int, int]) -> None:
    assert moved_outcome(MovedRows(*counts)).verdict is Verdict.FAILED


def test_nothing_to_move_is_not_evaluated_which_is_not_passed() -> None:
    assert moved_outcome(MovedRows(0, 0, 0, 0)).verdict is Verdict.NOT_EVALUATED
    assert lag_outcome(None, MINUTE).verdict is Verdict.NOT_EVALUATED


def test_rows_in_the_log_that_were_not_moved_fail_though_nothing_else_was_counted() -> None:
    assert moved_outcome(MovedRows(1, 0, 0, 0)).verdict is Verdict.FAILED


def test_a_request_may_wait_ten_intervals() -> None:
    fine, late = lag_outcome(10 * MINUTE, MINUTE), lag_outcome(11 * MINUTE, MINUTE)

    assert (fine.verdict, late.verdict) == (Verdict.PASSED, Verdict.FAILED)
    assert late.numbers == {"lag_seconds": 660.0, "limit_seconds": 600.0}
    assert late.sentence == "the oldest request had waited 660 s; 10 minutes is the most"
