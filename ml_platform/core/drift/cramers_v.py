"""Cramer's V: how strongly a column tells which side its rows came from."""

from __future__ import annotations

from math import sqrt

from ml_platform.core.drift.chi2 import chi2_test
from ml_platform.core.profile import ColumnProfile


def cramers_v(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """Bias-corrected strength of the association of bins and sides.

    What chi-squared expects of chance alone is taken off, so that it stays near 0 without drift
    whatever the number of rows and bins. On the bins of `chi2_test`. Bounds: 0 to 1 (the bin
    tells the side). The same shares on sides of different sizes give smaller values than on
    sides of one size. NaN when either side has no values.

    Source: Bergsma, "A bias-correction for Cramer's V and Tschuprow's T" (2013).

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    test = chi2_test(reference, analysis)
    if test is None:
        return float("nan")
    if test.bins < 2:
        return 0.0
    spare = test.values - 1
    association = max(0.0, test.statistic / test.values - (test.bins - 1) / spare)
    sides, bins = (n - (n - 1) ** 2 / spare for n in (2, test.bins))
    least = min(sides, bins) - 1
    return min(sqrt(association / least), 1.0) if least > 0 else 0.0
