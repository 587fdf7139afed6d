"""Whether there are rows enough to train on and to judge by."""

from __future__ import annotations

from ml_platform.core.check_outcome import CheckOutcome
from ml_platform.core.figures import counted
from ml_platform.core.verdict import Verdict


def enough_rows_outcome(train: int, holdout: int, needed: int) -> CheckOutcome:
    """Judge the size of a training set.

    Args:
        train: rows to learn from.
        holdout: rows to judge by.
        needed: ``training.min_rows`` of the model, for the rows to learn from.
    """
    numbers = {"train_rows": train, "holdout_rows": holdout}
    learnt = f"{counted(train, 'row')} to learn from ({needed:,} needed)"
    sentence = f"{learnt}, {holdout:,} held out"
    enough = train >= needed and holdout > 0
    return CheckOutcome(Verdict.PASSED if enough else Verdict.FAILED, sentence, numbers)
