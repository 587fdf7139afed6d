"""What a weekday (or an hour of the day) adds to a statistic, drawn towards nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def phase_effects(series: Array, phases: NDArray[np.int64], cycle: int) -> Array:
    """How far each phase of the cycle lies from the mean of a series, shape [cycle].

    Args:
        series: Shape [n], finite.
        phases: Shape [n], 0 to ``cycle - 1``; every phase occurs.
        cycle: Number of phases.

    The raw means are shrunken by the share of their variance that is no noise: where phases do
    not differ, the effects are 0.

    Source: the variance components of the one-way random effects model by the method of moments,
    Searle, Casella and McCulloch, "Variance Components" (1992), section 3.6.
    """
    counts = np.bincount(phases, minlength=cycle)
    means = np.bincount(phases, weights=series, minlength=cycle) / counts
    left = series - means[phases]
    noise = float(left @ left) / (len(series) - cycle) / counts
    between = max(0.0, float(means.var(ddof=1) - noise.mean()))
    if between == 0:
        return np.zeros(cycle)
    effects: Array = between / (between + noise) * (means - series.mean())
    return effects
