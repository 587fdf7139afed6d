"""Change in how often a column has no usable value."""

from __future__ import annotations

from ml_platform.core.profile import ColumnProfile


def missing_rate(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """Absolute difference of the shares of rows that are missing, NaN or infinite.

    Bounds: 0 to 1. A rate that falls counts as well: the model learnt from the gaps too. NaN
    when either side has no rows. Source: a difference of two proportions.
    """
    if not (reference.rows and analysis.rows):
        return float("nan")
    return abs(analysis.values / analysis.rows - reference.values / reference.rows)
