"""How many independent windows a series of overlapping ones is worth."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# A series that nothing ties to its past still shows some correlation; one that moves as a whole
# shows nearly 1, and is worth hardly more than two windows.
_MOST_CORRELATION = 0.8
# A rate that is always 0 differs from its mean in the last digit, every day alike.
_ROUNDING = 1e-9


def effective_number(series: NDArray[np.float64], span: int) -> float:
    """The number of independent values that a series is worth, at most ``n / span``.

    Args:
        series: Shape [n], one value per trailing window, in order of time.
        span: Partitions per window; windows that far apart share none.

    Windows that share no partition may still be alike (weather comes in spells): the number is
    lowered by their serial correlation, taken as a first-order autoregression.

    Source: Bayley and Hammersley, "The effective number of independent observations in an
    autocorrelated time series" (1946).
    """
    apart = len(series) / span
    return apart * (1 - (r := _correlation(series, span))) / (1 + r)


def _correlation(series: NDArray[np.float64], lag: int) -> float:
    """Correlation of values `lag` apart, between 0 and the most that is believed."""
    centred = series - series.mean()
    if lag >= len(series) or float(np.abs(centred).max()) < _ROUNDING:
        return 0.0
    total = float(centred @ centred)
    return min(max(float(centred[lag:] @ centred[:-lag]) / total, 0.0), _MOST_CORRELATION)
