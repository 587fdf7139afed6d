"""How much a day's realised metric varies around its estimate, beyond the chance of its labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import chi2

ASSURANCE = 0.9


def day_variance(error: ArrayLike, sampling: ArrayLike, assurance: float = ASSURANCE) -> float:
    """An upper bound of the variance between days; few days give a wide one.

    An error is the sum of the label's chance, of known deviation, and of the day's own effect
    (a storm that no feature shows). The mean square of the errors is raised to its upper
    confidence bound before the sampling variance is taken off: a variance seen on a week that is
    taken at its face raises false alarms for the whole year.

    Args:
        error: Realised minus estimated value per day, from an estimator that did not see the day,
            shape [days]; NaN where one of them is undefined.
        sampling: Standard deviation of the error by the chance of labels alone, shape [days].
        assurance: How often the true variance lies below the bound, for normal errors.

    Returns:
        At least 0; NaN without any defined day.

    Source: Wilson and Hilferty (1931) for the chi-squared bound of a normal variance; the method
    of moments for variance components, Searle, Casella and McCulloch (1992).
    """
    errors, chance = np.asarray(error, dtype=np.float64), np.asarray(sampling, dtype=np.float64)
    known = ~np.isnan(errors) & ~np.isnan(chance)
    days = int(known.sum())
    if not days:
        return float("nan")
    bound = float(np.sum(errors[known] ** 2) / chi2.ppf(1 - assurance, days))
    return max(0.0, bound - float(np.mean(chance[known] ** 2)))
