"""Fitting an estimator of the errors of predicted numbers (direct loss estimation)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ml_platform.core.estimation.cell_losses import cell_losses
from ml_platform.core.estimation.estimator import Method, PerformanceEstimator
from ml_platform.core.estimation.fitting import Fitted, Grow, day_variances
from ml_platform.core.estimation.labelled_scores import LabelledScores
from ml_platform.core.estimation.score_bins import ScoreBins


def fit_loss_estimator(rows: LabelledScores, grow: Grow) -> PerformanceEstimator:
    """Fit direct loss estimation; how days stray from it is told by days that were left out.

    The same rows give the same estimator, where `grow` does.

    Args:
        rows: At least one, none of which the model was trained on.
        grow: Cuts regions of a matrix [n, columns] by the errors of its rows, shape [n].

    Raises:
        ValueError: No rows.
    """
    bins = ScoreBins.of(rows.score, None)
    fitted = fit_losses(rows, bins, grow).estimator
    if not rows.dated:
        return replace(fitted, rows=len(rows), days=len(rows.days))
    left_out = [(fit_losses(kept, bins, grow), held) for kept, held in rows.folds()]
    return replace(
        fitted, rows=len(rows), days=len(rows.days), day_variance=day_variances(left_out)
    )


def fit_losses(rows: LabelledScores, bins: ScoreBins, grow: Grow) -> Fitted:
    """Fit on all of the rows; arguments as for `fit_loss_estimator`."""
    error = rows.score - rows.label
    regions = grow(rows.features, error)
    leaves, region = np.unique(regions.leaf_of(rows.features), return_inverse=True)
    losses = cell_losses(region, bins.place(rows.score), error, len(leaves), len(bins))
    known = tuple(leaves.tolist())
    found = PerformanceEstimator(Method.DLE, bins, losses, regions.tree, known)
    return Fitted(found, regions.leaf_of)
