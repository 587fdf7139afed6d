"""Bins of the score: as many rows of the reference in each, and no bin with both decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

BINS = 64


@dataclass(frozen=True, slots=True)
class ScoreBins:
    """Score bins, closed below and open above; the first and the last hold no reference row.

    Attributes:
        edges: Ascending, shape [bins - 1]; from the least reference score to the next float
            after the greatest.
        scores: Mean reference score of each bin, the edge beside it for a bin without a
            reference row, shape [bins].
        threshold: A row is decided 1 when its score is at least this; one of the edges where it
            lies among the scores. None where scores are predicted numbers.
    """

    edges: tuple[float, ...]
    scores: tuple[float, ...]
    threshold: float | None

    @classmethod
    def of(cls, score: ArrayLike, threshold: float | None, bins: int = BINS) -> ScoreBins:
        """Cut bins at quantiles of reference scores.

        Args:
            score: Probabilities or predicted numbers, shape [n], n >= 1.
            threshold: Of the decision; None without one.
            bins: At most so many hold reference rows, and one more for the threshold.

        Raises:
            ValueError: No score.

        >>> ScoreBins.of([0.1, 0.2, 0.3, 0.4], threshold=0.25, bins=2).counts([0.05, 0.2, 0.3])
        array([1, 0, 1, 1, 0])
        """
        scores = np.asarray(score, dtype=np.float64)
        if not len(scores):
            raise ValueError("no reference scores to cut bins from")
        least, greatest = scores.min(), scores.max()
        inner = np.quantile(scores, np.arange(1, bins) / bins, method="inverted_cdf")
        if threshold is not None and least < threshold <= greatest:
            inner = np.append(inner, threshold)
        edges = np.unique([least, *inner, np.nextafter(greatest, np.inf)])
        place = np.searchsorted(edges, scores, side="right")
        rows = np.bincount(place, minlength=len(edges) + 1)
        sums = np.bincount(place, weights=scores, minlength=len(edges) + 1)
        beside = np.append(edges, greatest)
        # Rounding must not carry a mean below its own bin, which may begin at the threshold.
        means = np.where(rows > 0, np.maximum(sums / np.maximum(rows, 1), [least, *edges]), beside)
        cut = None if threshold is None else float(threshold)
        return cls(tuple(edges.tolist()), tuple(means.tolist()), cut)

    def __len__(self) -> int:
        return len(self.scores)

    def place(self, score: ArrayLike) -> NDArray[np.intp]:
        """The bin of each score, shape [n]."""
        found: NDArray[np.intp] = np.searchsorted(self.edges, np.asarray(score), side="right")
        return found

    def counts(self, score: ArrayLike) -> NDArray[Any]:
        """Rows per bin, shape [bins]."""
        return np.bincount(self.place(score), minlength=len(self))
