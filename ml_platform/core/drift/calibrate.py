"""Calibrate every statistic of every column on the reference's own partitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from ml_platform.core.drift.calibration import Calibration
from ml_platform.core.drift.effective_number import effective_number
from ml_platform.core.drift.moderated_variance import variance_prior
from ml_platform.core.drift.null_series import NullSeries, null_series
from ml_platform.core.drift.seasonality import phase_effects
from ml_platform.core.drift.upper_tail import upper_tail
from ml_platform.core.edges import Kind
from ml_platform.core.monitoring_spec import DriftSpec
from ml_platform.core.profile import ColumnProfile

Partition = tuple[str, Mapping[str, ColumnProfile]]
"""The key of a partition and its profiles by column."""

# Of scaled values. Windows that agree better than this leave the decision to the floor.
_LEAST_SPREAD = 0.05
# The greatest of many differences has the upper tail of Gumbel's law, which bends away from any
# straight line on a normal plot. That this Student's t does so about as much was found on
# generated columns of 10 to 1,000 categories, and on other ones again.
_OF_GREATEST = frozenset({"l_infinity"})
_FREEDOM_OF_GREATEST = 15.0


@dataclass(frozen=True)
class _Fit:
    """Mean, effects, independent windows and freedom of one column; what is left, its variance."""

    draft: Calibration
    left: NDArray[np.float64]
    variance: float

    @property
    def telling(self) -> bool:
        """A column that is always 0 says nothing about how much another one moves."""
        return self.variance > _LEAST_SPREAD**2


def calibrate(
    reference: Sequence[Partition],
    limits: DriftSpec,
    span: int,
    lengths: Mapping[str, int] | None = None,
    fewest: int | None = None,
) -> list[Calibration]:
    """Calibrate windows of `span` partitions, leaving each out of the reference in turn.

    Args:
        reference: The reference's partitions, oldest first.
        limits: ``monitoring.drift`` of the model.
        span: Partitions per window.
        lengths: By column, of how many partitions its reference will be when that is not all of
            these: each window is then held against as many right before it.
        fewest: Rows that are enough where windows hold no more; ``limits.min_rows`` unless told.

    Returns:
        One per column and statistic that needs a calibration; with `why` where there are too
        few partitions.

    Raises:
        ProfileError: Partitions of one column were counted in different bins.
    """
    found: list[Calibration] = []
    nulls: dict[tuple[str, Kind], list[NullSeries]] = {}
    for column, parts in _by_column(reference).items():
        length = (lengths or {}).get(column, 0)
        for null in null_series(column, parts, limits, span, length, fewest):
            if null.draft.why:
                found.append(null.draft)
            else:
                nulls.setdefault((null.draft.statistic, null.kind), []).append(null)
    fitted = (each for family in nulls.values() for each in _fitted(family, span))
    return [*found, *fitted]


def _by_column(reference: Sequence[Partition]) -> dict[str, list[tuple[str, ColumnProfile]]]:
    by_column: dict[str, list[tuple[str, ColumnProfile]]] = {}
    for key, profiles in reference:
        for column, profile in profiles.items():
            by_column.setdefault(column, []).append((key, profile))
    return by_column


def _fitted(family: Sequence[NullSeries], span: int) -> Iterator[Calibration]:
    """The calibrations of one statistic over all columns of a kind.

    What each knows badly they share: spreads are moderated by one another, and the shape of the
    tail is taken from all.
    """
    fits = [_fit(null, span) for null in family]
    telling = [(fit.variance, fit.draft.freedom) for fit in fits if fit.telling]
    prior = variance_prior(*np.array(telling).reshape(-1, 2).T)
    known: list[tuple[Calibration, NDArray[np.float64]]] = []
    for fit in fits:
        variance, freedom = _LEAST_SPREAD**2, fit.draft.freedom
        if fit.telling:
            variance, freedom = prior.moderate(fit.variance, freedom)
        if fit.draft.statistic in _OF_GREATEST:
            freedom = min(freedom, _FREEDOM_OF_GREATEST)
        draft = replace(fit.draft, spread=sqrt(variance), freedom=freedom)
        known.append((draft, fit.left / draft.spread if fit.telling else np.array([])))
    tail = upper_tail(np.concatenate([standardised for _, standardised in known]))
    for draft, standardised in known:
        if len(standardised):
            mean = draft.mean + tail.shift * draft.spread
            draft = replace(draft, mean=mean, spread=tail.stretch * draft.spread)
        yield draft


def _fit(null: NullSeries, span: int) -> _Fit:
    seasonal = null.cycle > 1
    effects = phase_effects(null.series, null.phases, null.cycle) if seasonal else np.zeros(1)
    left = null.series - effects[null.phases % len(effects)]
    number = max(effective_number(left, span), 2.0)
    freedom = max(number - 1 - (null.cycle - 1 if effects.any() else 0), 1.0)
    mean = float(left.mean())
    draft = replace(
        null.draft,
        mean=mean,
        number=number,
        freedom=freedom,
        effects=tuple(effects.tolist()) if seasonal else (),
    )
    return _Fit(draft, left - mean, float(left.var()) * number / freedom)
