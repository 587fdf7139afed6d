"""Fitting an estimator on labelled rows, by the method that tells left-out labels well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from ml_platform.core.estimation.cell_rates import cell_rates, score_rates
from ml_platform.core.estimation.day_variance import day_variance
from ml_platform.core.estimation.estimator import CALIBRATIONS, Method, PerformanceEstimator
from ml_platform.core.estimation.expected import expected_metrics
from ml_platform.core.estimation.labelled_scores import LabelledScores
from ml_platform.core.estimation.score_bins import ScoreBins
from ml_platform.core.performance.measured_rows import task_metrics

FloatArray = NDArray[np.float64]
DAYS_PRIOR = 7
"""Days at the score taken at its word that a calibration is drawn towards: rows of one day come
true together, so a week of them says as little as seven draws do."""
_SURE = 1e-4


@dataclass(frozen=True)
class Regions:
    """Regions of the features.

    Attributes:
        tree: What cuts them, in a format of data alone.
        leaf_of: Gives the node id of the leaf of each row of a matrix [n, columns].
    """

    tree: bytes
    leaf_of: Callable[[NDArray[np.float32]], NDArray[np.intp]]


Grow = Callable[[NDArray[np.float32], NDArray[Any]], Regions]


@dataclass(frozen=True)
class Fitted:
    """An estimator, with what tells the regions of rows; None for CBPE."""

    estimator: PerformanceEstimator
    leaf_of: Callable[[NDArray[np.float32]], NDArray[np.intp]] | None = None

    def counts(self, rows: LabelledScores) -> NDArray[np.int64]:
        """Rows per region and score bin; labels are not looked at."""
        return self.estimator.counts(rows.score, self._leaf(rows))

    def log_loss(self, rows: LabelledScores) -> float:
        """Of their labels, summed: the lower, the better they are known."""
        rate = self.estimator.rate_of(rows.score, self._leaf(rows))
        return float(-np.log(np.where(rows.label == 1, rate, 1 - rate)).sum())

    def _leaf(self, rows: LabelledScores) -> NDArray[np.intp] | None:
        return None if self.leaf_of is None else self.leaf_of(rows.features)


def fit_estimator(rows: LabelledScores, threshold: float, grow: Grow) -> PerformanceEstimator:
    """Fit leaf-CBPE, or CBPE where that tells left-out labels clearly better.

    Clearly is by more than one standard error of the difference between folds: a reference in
    which regions tell little cannot show what they are for, a shift from one into another. The
    same rows give the same estimator, where `grow` does.

    Args:
        rows: At least one, none of which the model was trained on.
        threshold: Of the model's decision.
        grow: Cuts regions of a matrix [n, columns] by its labels.

    Raises:
        ValueError: No rows.
    """
    bins = ScoreBins.of(rows.score, threshold)
    left_out: dict[Method, list[tuple[Fitted, LabelledScores]]] = {m: [] for m in CALIBRATIONS}
    for kept, held in rows.folds():
        for method in CALIBRATIONS:
            left_out[method].append((fit_by(method, kept, bins, grow), held))
    loss = {
        method: np.array([fitted.log_loss(held) / len(held) for fitted, held in pairs])
        for method, pairs in left_out.items()
    }
    chosen = _chosen(loss)
    return replace(
        fit_by(chosen, rows, bins, grow).estimator,
        rows=len(rows),
        days=len(rows.days),
        day_variance=day_variances(left_out[chosen]) if rows.dated else {},
        log_loss={str(method): float(each.mean()) for method, each in loss.items()},
    )


def _chosen(loss: Mapping[Method, FloatArray]) -> Method:
    """By the log loss of each fold, by method, shape [folds]."""
    harm = loss[Method.LEAF_CBPE] - loss[Method.CBPE]
    # A single row makes a single fold, whose error is not known.
    error = harm.std(ddof=1) / np.sqrt(len(harm)) if len(harm) > 1 else 0.0
    return Method.CBPE if harm.mean() > error else Method.LEAF_CBPE


def fit_by(method: Method, rows: LabelledScores, bins: ScoreBins, grow: Grow) -> Fitted:
    """Fit by one method; arguments as for `fit_estimator`."""
    place = bins.place(rows.score)
    by_score = score_rates(place, rows.label, len(bins))
    if method is Method.CBPE:
        return Fitted(PerformanceEstimator(method, bins, _drawn(by_score[None, :], bins, rows)))
    regions = grow(rows.features, rows.label)
    leaves, region = np.unique(regions.leaf_of(rows.features), return_inverse=True)
    rates = cell_rates(region, place, rows.label, len(leaves), by_score)
    known = tuple(leaves.tolist())
    found = PerformanceEstimator(method, bins, _drawn(rates, bins, rows), regions.tree, known)
    return Fitted(found, regions.leaf_of)


def _drawn(rates: FloatArray, bins: ScoreBins, rows: LabelledScores) -> FloatArray:
    """Rates drawn towards the score itself, the more the fewer days they come from."""
    if not rows.dated:
        return rates
    days = len(rows.days)
    weight = days / (days + DAYS_PRIOR)
    promised = np.clip(np.asarray(bins.scores), _SURE, 1 - _SURE)
    drawn: FloatArray = expit(weight * logit(rates) + (1 - weight) * logit(promised))
    return drawn


def day_variances(left_out: Sequence[tuple[Fitted, LabelledScores]]) -> dict[str, float]:
    """By metric, from days that the estimator was not fitted on; see `day_variance`."""
    errors: dict[str, list[float]] = defaultdict(list)
    chance: dict[str, list[float]] = defaultdict(list)
    for fitted, held in left_out:
        for day in held.by_day():
            expected = expected_metrics(fitted.counts(day), fitted.estimator)
            threshold = fitted.estimator.bins.threshold
            realised = task_metrics(day.label, day.score, threshold)
            for name, value in expected.value.items():
                errors[name].append(realised[name] - value)
                chance[name].append(expected.sampling[name])
    return {name: day_variance(errors[name], chance[name]) for name in errors}
