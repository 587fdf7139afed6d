"""Labelled rows with predicted numbers, and the errors of any number of resamples of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
_ERROR_BINS, _LABEL_BINS = 1_024, 16


@dataclass(frozen=True, slots=True)
class PredictedRows:
    """Rows in ascending order of the size of their error.

    Attributes:
        size: Absolute error, shape [n], ascending.
        sums: What is added up per row: size, squared error, error (predicted minus actual), label
            less the mean label, and its square; shape [n, 5].
        order: Position of each sorted row in the input, shape [n].
    """

    size: FloatArray
    sums: FloatArray
    order: IntArray

    @classmethod
    def of(cls, label: ArrayLike, score: ArrayLike) -> PredictedRows:
        """Sort the rows by the size of their error.

        Args:
            label: The actual numbers, shape [n].
            score: The predicted ones, shape [n].

        Raises:
            ValueError: Lengths differ, or a value is not finite.
        """
        labels, scores = checked_numbers(label, score)
        # Sums of squares of great numbers that vary little would round the variance away.
        centred = labels - labels.mean() if len(labels) else labels
        error = scores - labels
        size = np.abs(error)
        order = np.argsort(size, kind="stable")
        sums = np.column_stack([size, size**2, error, centred, centred**2])[order]
        return cls(size[order], sums, order)

    def __len__(self) -> int:
        return len(self.size)

    def cells(self) -> tuple[PredictedRows, IntArray]:
        """Rows that are nearly alike as one, and how many each stands for.

        Alike are rows of one bin of 1,024 by error and one of 16 by label, each with as many rows;
        a cell has their mean sums, so that the metrics of all rows are those of the rows themselves
        but for the median, which moves within its bin.
        """
        error = _ranked(self.sums[:, 2], _ERROR_BINS)
        cell = error * _LABEL_BINS + _ranked(self.sums[:, 3], _LABEL_BINS)
        _, place, counts = np.unique(cell, return_inverse=True, return_counts=True)
        means: FloatArray = np.column_stack(
            [np.bincount(place, weights=column) / counts for column in self.sums.T]
        )
        order = np.argsort(means[:, 0], kind="stable")
        return PredictedRows(means[order, 0], means[order], order), counts[order].astype(np.intp)


def weighted_errors(rows: PredictedRows, weights: FloatArray) -> dict[str, FloatArray]:
    """Every metric of `metric_names.REGRESSION_METRICS` for every set of weights.

    Args:
        rows: n sorted rows.
        weights: Shape [B, n], how often each sorted row counts.

    Returns:
        Arrays of shape [B] by metric name. ``bias`` is the mean of predicted minus actual. NaN
        without rows; ``r2``, the share of the labels' variance that is explained, also where they
        do not vary.
    """
    n = weights.sum(axis=1)
    size, square, error, label, label_square = (weights @ rows.sums).T
    with np.errstate(divide="ignore", invalid="ignore"):
        varied = label_square - label**2 / n
        varied = np.where(varied > _ROUNDING * label_square, varied, np.nan)
        return {
            "mae": size / n,
            "rmse": np.sqrt(square / n),
            "median_absolute_error": _median(rows.size, weights, n),
            "r2": 1 - square / varied,
            "bias": error / n,
        }


_ROUNDING = 1e-12


def _median(size: FloatArray, weights: FloatArray, n: FloatArray) -> FloatArray:
    """The middle one of sorted sizes, or the mean of the two in the middle."""
    if not len(size):
        return np.full(len(weights), np.nan)
    through = np.cumsum(weights, axis=1)
    lower, upper = ((through <= half[:, None]).sum(axis=1) for half in ((n - 1) // 2, n // 2))
    last = len(size) - 1
    middle = (size[np.minimum(lower, last)] + size[np.minimum(upper, last)]) / 2
    found: FloatArray = np.where(n > 0, middle, np.nan)
    return found


def checked_numbers(label: ArrayLike, score: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Labels and predictions as float64 of shape [n].

    Raises:
        ValueError: Lengths differ, or a value is not finite.
    """
    labels, scores = np.asarray(label, dtype=np.float64), np.asarray(score, dtype=np.float64)
    if labels.ndim != 1 or labels.shape != scores.shape:
        raise ValueError(f"one score per label: got shapes {labels.shape} and {scores.shape}")
    if not (np.isfinite(labels).all() and np.isfinite(scores).all()):
        raise ValueError("labels and predictions must be finite numbers")
    return labels, scores


def _ranked(values: FloatArray, bins: int) -> IntArray:
    """Bins of as many rows each."""
    cuts = np.quantile(values, np.arange(1, bins) / bins)
    found: IntArray = np.searchsorted(cuts, values, side="right")
    return found
