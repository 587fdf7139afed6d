"""Labelled rows to fit an estimator on, and the parts of them that are left out in turn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST_DAYS = 3
MOST_FOLDS = 14
RANDOM_FOLDS = 5


@dataclass(frozen=True)
class LabelledScores:
    """Rows that the model did not learn from, all of shape [n].

    Attributes:
        label: 0 or 1, or numbers that were to be predicted.
        score: Probability of label 1, or the predicted numbers.
        features: Matrix [n, columns] that regions are cut of, the score among them; NaN for
            missing.
        day: The partition of each row.
    """

    label: NDArray[Any]
    score: NDArray[np.float64]
    features: NDArray[np.float32]
    day: NDArray[Any]

    def __len__(self) -> int:
        return len(self.label)

    @property
    def days(self) -> list[str]:
        """The partitions that there are rows of, ascending."""
        return sorted(set(self.day.tolist()))

    @property
    def dated(self) -> bool:
        """Whether there are days enough to tell how one differs from the others."""
        return len(self.days) >= FEWEST_DAYS

    def where(self, chosen: NDArray[np.bool_]) -> LabelledScores:
        """Some of the rows."""
        return LabelledScores(
            self.label[chosen], self.score[chosen], self.features[chosen], self.day[chosen]
        )

    def by_day(self) -> Iterator[LabelledScores]:
        """The rows of each day."""
        for day in self.days:
            yield self.where(self.day == day)

    def folds(self) -> Iterator[tuple[LabelledScores, LabelledScores]]:
        """Pairs of rows to fit on and rows left out; every row is left out once.

        Whole days are left out, as rows of one day are alike: one by one, or in 14 groups of
        following days where there are more. With fewer than three days random fifths are.
        """
        if self.dated:
            place = np.searchsorted(self.days, self.day.astype(str))
            fold = place * min(MOST_FOLDS, len(self.days)) // len(self.days)
        else:
            fold = np.random.default_rng(0).permutation(len(self)) % RANDOM_FOLDS
        for number in np.unique(fold):
            yield self.where(fold != number), self.where(fold == number)
