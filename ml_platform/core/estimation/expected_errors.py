"""What the errors of unlabelled predictions probably are, from their counts alone."""

from __future__ import annotations

from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def expected_errors(
    counts: NDArray[np.int64], losses: FloatArray
) -> tuple[dict[str, float], dict[str, float]]:
    """Estimate the mean absolute error and the root of the mean squared one.

    Both are means over cells. How far they stray follows from the next moment of the errors, that
    of the root by the delta method.

    Args:
        counts: Rows per region and bin, shape [regions, bins].
        losses: As `cell_losses` gives them, shape [3, regions, bins].

    Returns:
        ``mae`` and ``rmse``, and how far the realised ones stray from them, as standard deviations,
        since each error is drawn by chance; NaN without rows.
    """
    rows = int(counts.sum())
    if not rows:
        return {"mae": nan, "rmse": nan}, {"mae": nan, "rmse": nan}
    size, square, fourth = losses
    mae, mse = ((counts * loss).sum() / rows for loss in (size, square))
    of_mae, of_mse = (
        sqrt(float((counts * np.maximum(higher - loss**2, 0.0)).sum())) / rows
        for loss, higher in ((size, square), (square, fourth))
    )
    rmse = sqrt(float(mse))
    of_rmse = of_mse / (2 * rmse) if rmse else 0.0
    return {"mae": float(mae), "rmse": rmse}, {"mae": of_mae, "rmse": of_rmse}
