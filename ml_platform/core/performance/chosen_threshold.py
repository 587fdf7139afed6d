"""A decision threshold chosen on rows that no model had learned from, and what it promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.figures import short
from ml_platform.core.metric_names import ThresholdMetric
from ml_platform.core.performance.interval import Interval
from ml_platform.core.performance.metrics import best_threshold, classification_metrics
from ml_platform.core.verdict import Verdict

THRESHOLD_CHOICE = "threshold_choice"
"""The key of a version's `spec.json` that tells how its threshold was chosen."""
FOLDS = 5
MOST_ROWS = 200_000
"""Beyond these a threshold moves no more than its metric can tell; every n-th row is taken."""


@dataclass(frozen=True, slots=True)
class ChosenThreshold:
    """A threshold with what it was chosen by.

    Attributes:
        threshold: the score from which the decision is yes.
        metric: that it was chosen by.
        expected: what the metric may be expected to be on rows that took no part in the choice.
        positive_share: of the rows that it was chosen on.
        rows: that it was chosen on.
    """

    threshold: float
    metric: ThresholdMetric
    expected: float
    positive_share: float
    rows: int

    def stored(self) -> Mapping[str, Any]:
        """As a version keeps it."""
        return asdict(self)

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> ChosenThreshold | None:
        """Read what a version keeps; None where it kept none."""
        return None if stored is None else cls(**stored)


def folds_of(rows: int, folds: int = FOLDS) -> NDArray[np.intp]:
    """The fold of each of `rows` rows in order of time: stretches, so that no day is in two parts.

    >>> folds_of(5, 2).tolist()
    [0, 0, 0, 1, 1]
    """
    return np.arange(rows) * folds // max(rows, 1)


def chosen_threshold(
    label: NDArray[Any], score: NDArray[np.float64], fold: NDArray[np.intp], metric: ThresholdMetric
) -> ChosenThreshold:
    """The best threshold on scores of models that had not learned from their rows.

    What it promises is measured fold by fold with the threshold that the other folds would choose:
    on the rows that it was chosen on, a threshold looks better than it is.

    Args:
        label: 0 or 1, shape [n].
        score: of each row, by a model fitted without the row's fold, shape [n].
        fold: shape [n].
        metric: that is to be as good as possible.

    Source: Varma and Simon, "Bias in error estimation when using cross-validation for model
    selection" (2006), for the rows that a choice is judged on.
    """
    decided = np.zeros(len(label))
    for each in np.unique(fold):
        inside = fold == each
        others = best_threshold(label[~inside], score[~inside], metric)
        decided[inside] = score[inside] >= others
    return ChosenThreshold(
        threshold=best_threshold(label, score, metric),
        metric=metric,
        expected=classification_metrics(label, decided, 0.5)[metric],
        positive_share=float(np.mean(label)),
        rows=len(label),
    )


def threshold_outcome(
    chosen: ChosenThreshold | None, measured: Mapping[str, Interval], positive_share: float
) -> CheckOutcome:
    """Hold what a threshold does on the hold-out against what it promised.

    Args:
        chosen: as the candidate keeps it; None where nothing is kept of the choice.
        measured: metrics of the candidate on the hold-out.
        positive_share: of label 1 on the hold-out.
    """
    if chosen is None:
        return not_evaluated("nothing is kept of how the threshold was chosen")
    found = measured[chosen.metric]
    if isnan(found.high):
        return not_evaluated(f"{chosen.metric} of the hold-out is not defined")
    lost = found.high < chosen.expected
    sentence = (
        f"a score of {short(chosen.threshold, 3)} counts as yes, chosen for an expected "
        f"{chosen.metric} of {short(chosen.expected, 3)} where {chosen.positive_share:.0%} of the "
        f"labels are 1; on the hold-out, where {positive_share:.0%} are, it is "
        f"{short(found.value, 3)} ({short(found.low, 3)} to {short(found.high, 3)})"
    )
    if lost:
        sentence += ": the threshold decides worse than it promised"
    numbers = {
        "threshold": chosen.threshold,
        "expected": chosen.expected,
        "holdout": found.value,
        "positive_share_learned": chosen.positive_share,
        "positive_share_holdout": positive_share,
    }
    return CheckOutcome(Verdict.WARNED if lost else Verdict.PASSED, sentence, numbers)
