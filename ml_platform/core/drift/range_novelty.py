"""Novelty of ranges: how much of a column lies beyond all that the reference had, and how far."""

from __future__ import annotations

from ml_platform.core.profile import ColumnProfile


def range_novelty(reference: ColumnProfile, analysis: ColumnProfile) -> float:
    """Share of values beyond the reference's range, each end weighted by how far out it lies.

    For numeric columns. The weight is ``d / (1 + d)`` with d the distance of the mean of the
    values in a tail from the reference's extreme, in widths of the reference's range. Of two or
    more, the farthest is left out of that mean: one absurd value weighs no more than one row.
    Where the reference is one value, all beyond it has weight 1.

    Bounds: 0 (nothing beyond the range) to 1 (all of it, infinitely far). NaN when either side
    has no values. Source: the share is that of `unseen_rate`; the weight is this platform's own.

    Raises:
        ProfileError: The two profiles were counted in different bins.
    """
    reference.check_same_bins(analysis)
    ends = reference.minimum, reference.maximum
    farthest = analysis.minimum, analysis.maximum
    if ends[0] is None or ends[1] is None or farthest[0] is None or farthest[1] is None:
        return float("nan")
    width = ends[1] - ends[0]
    below = _tail(analysis, 0, ends[0], farthest[0])
    above = _tail(analysis, -1, ends[1], farthest[1])
    novel = below[0] * _weight(-below[1], width) + above[0] * _weight(above[1], width)
    return novel / analysis.values


def _tail(analysis: ColumnProfile, tail: int, end: float, farthest: float) -> tuple[int, float]:
    """How many values a tail holds, and how far their mean lies from the reference's end."""
    count, total = analysis.counts[tail], analysis.sums[tail]
    if count > 1:
        return count, (total - farthest) / (count - 1) - end
    return count, total - end


def _weight(distance: float, width: float) -> float:
    """0 within the range, towards 1 far beyond it."""
    if not distance > 0:
        return 0.0
    return 1.0 - width / (width + distance)
