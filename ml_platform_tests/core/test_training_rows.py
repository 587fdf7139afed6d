from __future__ import annotations

import pytest

from ml_platform.core.training_rows import enough_rows_outcome
from ml_platform.core.verdict import Verdict


@pytest.mark.parametrize(
    ("train", "holdout", "verdict"),
    [
        (5_000, 1, Verdict.PASSED),
        (4_999, 900, Verdict.FAILED),
        (5_000, 0, Verdict.FAILED),
    ],
)
def test_rows_to_learn_from_and_to_judge_by_are_both_needed(
    train: int, holdout: int, verdict: Verdict
) -> None:
    assert enough_rows_outcome(train, holdout, needed=5_000).verdict is verdict


def test_the_sizes_are_said_with_what_is_needed() -> None:
    outcome = enough_rows_outcome(12_345, 678, needed=5_000)

    assert outcome.sentence == "12,345 rows to learn from (5,000 needed), 678 held out"
    assert outcome.numbers == {"train_rows": 12_345, "holdout_rows": 678}
