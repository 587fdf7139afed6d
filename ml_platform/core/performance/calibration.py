"""Whether of the rows scored .3 three in ten came true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ml_platform.core.performance.scored_rows import checked
from ml_platform.core.performance.weighted import CALIBRATION_BINS, calibration_bin


@dataclass(frozen=True, slots=True)
class CalibrationPoint:
    """One bin of scores on the calibration curve.

    Attributes:
        low: Lower end of the bin of scores.
        high: Upper end.
        rows: Rows scored in the bin, at least 1.
        mean_score: What the model promised.
        positive_rate: What came true.
    """

    low: float
    high: float
    rows: int
    mean_score: float
    positive_rate: float


def calibration_curve(
    label: ArrayLike, score: ArrayLike, bins: int = CALIBRATION_BINS
) -> tuple[CalibrationPoint, ...]:
    """Points of the reliability curve on equally wide bins; empty bins are left out.

    Source: Murphy and Winkler, "Reliability of subjective probability forecasts" (1977).

    Raises:
        ValueError: Lengths differ, a label other than 0 and 1, or a score outside [0, 1].
    """
    labels, scores = checked(label, score)
    where = calibration_bin(scores, bins)
    rows = np.bincount(where, minlength=bins)
    promised = np.bincount(where, weights=scores, minlength=bins)
    came = np.bincount(where, weights=labels, minlength=bins)
    return tuple(
        CalibrationPoint(
            low=int(i) / bins,
            high=(int(i) + 1) / bins,
            rows=int(rows[i]),
            mean_score=float(promised[i] / rows[i]),
            positive_rate=float(came[i] / rows[i]),
        )
        for i in np.flatnonzero(rows)
    )


def calibration_error(label: ArrayLike, score: ArrayLike, bins: int = CALIBRATION_BINS) -> float:
    """Expected calibration error: mean distance of promise and truth, weighted by rows.

    Bounds: 0 to 1; NaN without rows. The metric ``calibration_error`` is this with 10 bins.

    Source: Naeini et al., "Obtaining well calibrated probabilities using Bayesian binning" (2015).
    """
    points = calibration_curve(label, score, bins)
    rows = sum(point.rows for point in points)
    gaps = sum(point.rows * abs(point.mean_score - point.positive_rate) for point in points)
    return gaps / rows if rows else float("nan")
