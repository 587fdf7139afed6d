"""What a challenger is compared by, as values between 0 and 1: divergence and loss."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.rollout.value_counts import FloatArray

IntArray = NDArray[np.int64]


def divergence(challenger: FloatArray, champion: FloatArray, scale: float) -> FloatArray:
    """Absolute difference of two scores of the same row, in units of `scale`, at most 1.

    A score that is no number differs as much as can be.

    Args:
        challenger: shape [n].
        champion: shape [n].
        scale: 1 for probabilities; of a regression what is declared as `score_scale`.

    >>> divergence(np.array([0.2, np.nan]), np.array([0.5, 0.5]), 1.0).round(3).tolist()
    [0.3, 1.0]
    """
    return _bounded(np.abs(challenger - champion) / scale)


def loss(score: FloatArray, label: FloatArray, decides: bool, scale: float) -> FloatArray:
    """Loss of each score on its label: from 0 to 1.

    Of a probability the squared error (G. Brier, 1950), of a regression the absolute error in
    units of `scale`, at most 1.

    Args:
        score: shape [n].
        label: shape [n].
        decides: whether scores are probabilities.
        scale: of a regression what is declared as `score_scale`.
    """
    error = np.abs(score - label)
    return _bounded(error**2 if decides else error / scale)


def excess(challenger: FloatArray, champion: FloatArray) -> FloatArray:
    """Difference of two losses, from -1 to 1, moved to between 0 and 1: equal losses give 0.5."""
    return (1 + challenger - champion) / 2


def by_request(values: FloatArray, request: IntArray) -> FloatArray:
    """The mean over the rows of each request, as rows of one request are not independent.

    Args:
        values: shape [n].
        request: the number of each row's request, from 0 without gaps, shape [n].
    """
    return np.bincount(request, values) / np.bincount(request)


def excess_beside(losses: FloatArray, of_canary: NDArray[np.bool_]) -> FloatArray:
    """Excess loss of a canary over the champion, which answers other requests, block by block.

    Keys were drawn to the canary by a hash, so both meet the same kind of request as long as they
    meet it at the same time. A block ends as soon as it has requests of both, and their mean
    losses are compared. No request is in two blocks, so that each comparison is new to all that
    came before it; what is left over waits for more.

    Args:
        losses: by request, in the order in which they became known, shape [n].
        of_canary: whether the canary answered, else the champion did, shape [n].

    Returns:
        one value from 0 to 1 per block.

    >>> excess_beside(np.array([0.2, 0.4, 0.5, 0.9]), np.array([False, False, True, True])).tolist()
    [0.6]
    """
    found, sums, counts = [], [0.0, 0.0], [0, 0]
    for loss_of_one, own in zip(losses.tolist(), of_canary.tolist(), strict=True):
        sums[own] += loss_of_one
        counts[own] += 1
        if all(counts):
            found.append((1 + sums[True] / counts[True] - sums[False] / counts[False]) / 2)
            sums, counts = [0.0, 0.0], [0, 0]
    return np.array(found, dtype=np.float64)


def _bounded(values: FloatArray) -> FloatArray:
    return np.where(np.isnan(values), 1.0, np.minimum(values, 1.0))
