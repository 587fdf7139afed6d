"""How much of a column lies where the reference has nothing."""

from __future__ import annotations

from ml_platform.core.profile import ColumnProfile


def unseen_rate(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """Growth of the share of values that are in no known category or outside the known range.

    Bounds: 0 (nothing new, or less than in the reference itself) to 1. NaN when either side has
    no values. Source: a difference of two proportions, one-sided.

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    reference.check_same_bins(analysis)
    if not (reference.values and analysis.values):
        return float("nan")
    return max(0.0, _outside(analysis) - _outside(reference))


def _outside(profile: ColumnProfile) -> float:
    # OTHER is the last bin of a category column, the two tails the ends of a numeric one; a
    # numeric column without edges has a single bin, which is both.
    outside = profile.counts[-1]
    if profile.kind == "numeric" and len(profile.counts) > 1:
        outside += profile.counts[0]
    return outside / profile.values
