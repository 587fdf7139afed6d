"""How often the label is 1 in each score bin, and in each region of the features within it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import isotonic_regression
from scipy.special import expit, logit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

REGION_PRIOR = 1.0
"""Precision of the normal prior on a region's shift of the log odds, around none at all."""
CELL_PRIOR = 50.0
"""Rows at the rate of the region's shift that each cell is drawn towards."""
_NEWTON_STEPS = 20
_LARGEST_STEP = 1.0


def score_rates(place: IntArray, label: NDArray[Any], bins: int) -> FloatArray:
    """The share of label 1 per score bin, smoothed to rise with the score.

    Every bin is first drawn towards half of half a row of each label (Jeffreys' prior), so no rate
    is 0 or 1; then pooled by isotonic regression. A bin without a row takes its neighbours' rate.

    Args:
        place: Bin of each row, shape [n], n >= 1.
        label: 0 or 1, shape [n].
        bins: How many bins there are.

    Returns:
        Rates strictly between 0 and 1, ascending, shape [bins].

    Source: Zadrozny and Elkan, "Transforming classifier scores into accurate multiclass
    probability estimates" (2002).
    """
    rows = np.bincount(place, minlength=bins)
    ones = np.bincount(place, weights=label, minlength=bins)
    held = np.flatnonzero(rows)
    rates = (ones[held] + 0.5) / (rows[held] + 1.0)
    rising = isotonic_regression(rates, weights=rows[held] + 1.0).x
    found: FloatArray = np.interp(np.arange(bins), held, rising)
    return found


def cell_rates(
    region: IntArray, place: IntArray, label: NDArray[Any], regions: int, by_score: FloatArray
) -> FloatArray:
    """The share of label 1 per region and score bin, shrunk twice.

    A region first shifts the log odds of all its bins alike, by a ridge-penalised logistic
    regression with the score's log odds as offset; then each cell is drawn from that towards its
    own share, as far as its rows reach. A region without reference rows is as `by_score` says.

    Args:
        region: Region of each row, shape [n].
        place: Score bin of each row, shape [n].
        label: 0 or 1, shape [n].
        regions: How many regions there are.
        by_score: As `score_rates` gives them, shape [bins].

    Returns:
        Rates strictly between 0 and 1, shape [regions, bins].

    Source: Efron and Morris, "Stein's estimation rule and its competitors" (1973), for drawing
    many small means towards a common one.
    """
    bins = len(by_score)
    cell = region * bins + place
    rows = np.bincount(cell, minlength=regions * bins).reshape(regions, bins)
    ones = np.bincount(cell, weights=label, minlength=regions * bins).reshape(regions, bins)
    offset = logit(by_score)[None, :]
    shift = np.zeros((regions, 1))
    for _ in range(_NEWTON_STEPS):
        expected = expit(offset + shift)
        slope = (ones - rows * expected).sum(axis=1, keepdims=True) - REGION_PRIOR * shift
        curve = (rows * expected * (1 - expected)).sum(axis=1, keepdims=True) + REGION_PRIOR
        shift = shift + np.clip(slope / curve, -_LARGEST_STEP, _LARGEST_STEP)
    shifted = expit(offset + shift)
    found: FloatArray = (ones + CELL_PRIOR * shifted) / (rows + CELL_PRIOR)
    return found
