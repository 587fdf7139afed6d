"""A small world with a known truth: what the label depends on, and a model that sees part of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from ml_platform.core.estimation.fitting import Regions
from ml_platform.core.estimation.labelled_scores import LabelledScores


def world(
    rows: int, seed: int = 0, hidden: float = 0.0, days: int = 1, day_effect: float = 0.0
) -> LabelledScores:
    """Calibrated scores of one feature; a second one, of two values, shifts labels by `hidden`.

    Each of the days shifts the log odds of its labels by a draw of deviation `day_effect`.
    """
    generator = np.random.default_rng(seed)
    seen, group = generator.normal(size=rows), generator.integers(0, 2, rows)
    day = np.sort(np.arange(rows) % days)
    effect = generator.normal(scale=day_effect, size=days)[day] if day_effect else 0.0
    odds = 1.5 * seen - 0.5
    label = generator.random(rows) < expit(odds + hidden * (2 * group - 1) + effect)
    score = expit(odds)
    features = np.column_stack([seen, group, score]).astype(np.float32)
    return LabelledScores(
        label.astype(int), score, features, np.array([f"2013-01-{d + 1:02d}" for d in day])
    )


def by_group(features: NDArray[np.float32], label: NDArray[Any]) -> Regions:
    """Regions of the second feature: leaf 3 for its 0, leaf 8 for its 1."""
    return Regions(b"by group", lambda rows: np.where(rows[:, 1] > 0, 8, 3).astype(np.intp))


def by_chance(features: NDArray[np.float32], label: NDArray[Any]) -> Regions:
    """Regions that say nothing of the label, many and small."""
    return Regions(b"by chance", lambda rows: np.abs(rows[:, 0] * 1e5).astype(np.intp) % 400)
