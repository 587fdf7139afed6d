"""Labelled, scored rows, checked and sorted once so that every resample is only sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class ScoredRows:
    """Rows in descending order of score.

    Attributes:
        label: 0.0 or 1.0, shape [n].
        score: Probability of label 1, shape [n], descending.
        decided: 1.0 where the score reaches the threshold, shape [n].
        order: Position of each sorted row in the input, shape [n].
        tie_ends: Position of the last row of each run of equal scores, ascending.
    """

    label: FloatArray
    score: FloatArray
    decided: FloatArray
    order: IntArray
    tie_ends: IntArray

    @classmethod
    def of(cls, label: ArrayLike, score: ArrayLike, threshold: float) -> ScoredRows:
        """Sort the rows by score.

        Raises:
            ValueError: Lengths differ, a label other than 0 and 1, or a score outside [0, 1].
        """
        labels, scores = checked(label, score)
        order = np.argsort(-scores, kind="stable")
        ranked = scores[order]
        ends = np.flatnonzero(np.append(np.diff(ranked) != 0, True)[: len(ranked)])
        decided = (ranked >= threshold).astype(np.float64)
        return cls(labels[order], ranked, decided, order, ends)


def checked(label: ArrayLike, score: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Labels and scores as float64 of shape [n].

    Raises:
        ValueError: Lengths differ, a label other than 0 and 1, or a score outside [0, 1].
    """
    labels, scores = np.asarray(label, dtype=np.float64), np.asarray(score, dtype=np.float64)
    if labels.ndim != 1 or labels.shape != scores.shape:
        raise ValueError(f"one score per label: got shapes {labels.shape} and {scores.shape}")
    if not np.isin(labels, (0.0, 1.0)).all():
        raise ValueError("labels must be 0 or 1")
    # Written so that NaN fails too.
    if not ((scores >= 0) & (scores <= 1)).all():
        raise ValueError("scores must be probabilities from 0 to 1")
    return labels, scores
