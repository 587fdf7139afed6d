"""How large errors are in each bin of the prediction, and in each region of the features within it.

What is expected is told by three moments of an error: its size, its square and its fourth power.
The first two are the losses to be estimated, and the later ones say how far those stray.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

POWERS = (1, 2, 4)
CELL_PRIOR = 100.0
"""Rows of its region's mean that each cell is drawn towards: losses have longer tails than labels
of 0 and 1, so that a cell's own mean says less than a rate does."""


def cell_losses(
    region: IntArray, place: IntArray, error: NDArray[Any], regions: int, bins: int
) -> FloatArray:
    """The mean of each power of the errors' size per region and bin of the prediction, shrunk.

    Each cell is drawn from its region's mean towards its own, as far as its rows reach. Regions are
    not drawn towards one another: they were cut so that each has rows enough, where errors are
    large least of all may be taken off, and they are cut by the prediction too, so that what a bin
    says by itself is in them.

    Args:
        region: Region of each row, shape [n], each of them with a row.
        place: Bin of each row, shape [n].
        error: Predicted minus actual, shape [n].
        regions: How many regions there are.
        bins: How many bins there are.

    Returns:
        Shape [3, regions, bins], in the order of `POWERS`, at least 0.

    Source: NannyML documentation, "How it works: Direct Loss Estimation", for the regression of an
    observed loss on inputs and prediction; Efron and Morris, "Stein's estimation rule and its
    competitors" (1973), for drawing many small means towards a common one.
    """
    cell = region * bins + place
    rows = np.bincount(cell, minlength=regions * bins).reshape(regions, bins).astype(np.float64)
    return np.stack([_of_power(cell, rows, np.abs(error) ** power) for power in POWERS])


def _of_power(cell: IntArray, rows: FloatArray, loss: NDArray[Any]) -> FloatArray:
    sums = np.bincount(cell, weights=loss, minlength=rows.size).reshape(rows.shape)
    mean = sums.sum(axis=1, keepdims=True) / rows.sum(axis=1, keepdims=True)
    found: FloatArray = (sums + CELL_PRIOR * mean) / (rows + CELL_PRIOR)
    return found
