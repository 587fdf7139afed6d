"""Right and wrong decisions, counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ml_platform.core.performance.scored_rows import checked


@dataclass(frozen=True, slots=True)
class Confusion:
    """Rows by what was decided and what came true."""

    true_negative: int
    false_positive: int
    false_negative: int
    true_positive: int

    @property
    def matrix(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """Rows are the label 0 and 1, columns the decision 0 and 1."""
        return (
            (self.true_negative, self.false_positive),
            (self.false_negative, self.true_positive),
        )


def confusion(label: ArrayLike, score: ArrayLike, threshold: float) -> Confusion:
    """Count the decisions ``score >= threshold`` against labels of 0 and 1, shape [n].

    Raises:
        ValueError: Lengths differ, a label other than 0 and 1, or a score outside [0, 1].

    >>> confusion([0, 1, 1], [0.2, 0.9, 0.4], threshold=0.5).matrix
    ((1, 0), (1, 1))
    """
    labels, scores = checked(label, score)
    cells = 2 * labels.astype(np.intp) + (scores >= threshold)
    return Confusion(*(int(count) for count in np.bincount(cells, minlength=4)))
