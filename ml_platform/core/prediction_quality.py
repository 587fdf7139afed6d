"""Verdicts on the predictions of one partition: each event scored, each score logged."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from math import nan

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.figures import counted
from ml_platform.core.verdict import Verdict


@dataclass(frozen=True)
class ScoreRange:
    """Where the scores of one partition lie.

    Attributes:
        undefined: scores that are missing or not a number.
        lowest: of the others; NaN where there are none.
        highest: of the others; NaN where there are none.
    """

    undefined: int
    lowest: float
    highest: float


NO_SCORES = ScoreRange(0, nan, nan)
"""Of a partition without predictions."""


@dataclass(frozen=True)
class LoggedKeys:
    """Predictions of one partition against the inference log, matched by key.

    Attributes:
        predictions: predictions of the partition.
        logged: rows of the log for it, from batch.
        missing: keys that have a prediction but no row in the log.
        doubled: keys that have more than one row in the log.
        added: rows of the log that this run wrote.
    """

    predictions: int
    logged: int
    missing: int
    doubled: int
    added: int


NOTHING_LOGGED = LoggedKeys(0, 0, 0, 0, 0)
"""Of a partition without predictions and without a log."""


_PROBABILITIES = (0.0, 1.0, "lie within 0 and 1")
_NUMBERS = (-sys.float_info.max, sys.float_info.max, "be finite")


def predicted_outcome(
    rows: int, scored: int, scores: ScoreRange, probabilities: bool = True
) -> CheckOutcome:
    """Judge that every feature row has exactly one score, and that each is what it should be.

    Args:
        rows: feature rows of the partition.
        scored: predictions written for it.
        scores: where the written scores lie.
        probabilities: whether they must lie within 0 and 1; else any finite number will do.
    """
    if not rows and not scored:
        return not_evaluated("there are no events to score")
    numbers = {
        "feature_rows": rows,
        "predictions": scored,
        "undefined_scores": scores.undefined,
        "lowest_score": scores.lowest,
        "highest_score": scores.highest,
    }
    sentence = f"{counted(scored, 'prediction')} for {counted(rows, 'row')}"
    if rows != scored:
        return CheckOutcome(Verdict.FAILED, sentence, numbers)
    if scores.undefined:
        found = f"{sentence}, but {counted(scores.undefined, 'score')} missing or not a number"
        return CheckOutcome(Verdict.FAILED, found, numbers)
    span = f"from {scores.lowest:.4g} to {scores.highest:.4g}"
    least, greatest, bounds = _PROBABILITIES if probabilities else _NUMBERS
    if not (scores.lowest >= least and scores.highest <= greatest):
        found = f"{sentence}, but scores reach {span}: they must {bounds}"
        return CheckOutcome(Verdict.FAILED, found, numbers)
    return CheckOutcome(Verdict.PASSED, f"{sentence}, scores {span}", numbers)


def logged_outcome(keys: LoggedKeys) -> CheckOutcome:
    """Judge that no prediction is missing from the inference log and none is there twice.

    The log may hold more: what was once predicted stays, even if its event is withdrawn. So keys
    are matched, and numbers of rows prove nothing.
    """
    numbers = asdict(keys)
    sentence = (
        f"{counted(keys.logged, 'log row')} for {counted(keys.predictions, 'prediction')}, "
        f"{keys.added:,} of them new"
    )
    if keys.missing or keys.doubled:
        missing = f"{counted(keys.missing, 'prediction')} missing from the log"
        doubled = f"{counted(keys.doubled, 'key')} in it more than once"
        return CheckOutcome(Verdict.FAILED, f"{missing}, {doubled}: {sentence}", numbers)
    if not keys.predictions:
        return not_evaluated("there are no predictions to log")
    return CheckOutcome(Verdict.PASSED, sentence, numbers)
