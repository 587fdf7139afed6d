from __future__ import annotations

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.verdict import Verdict


def test_what_could_not_be_judged_says_why_and_is_neither_passed_nor_violated() -> None:
    outcome = not_evaluated("there is no champion yet")

    assert outcome == CheckOutcome(Verdict.NOT_EVALUATED, "there is no champion yet", {}, ())
    assert not outcome.verdict.passed
    assert not outcome.verdict.violated


def test_outcomes_do_not_share_their_numbers() -> None:
    first, second = (CheckOutcome(Verdict.PASSED, "fine") for _ in range(2))

    assert first.numbers is not second.numbers
