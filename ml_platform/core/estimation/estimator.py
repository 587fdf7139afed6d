"""What is kept of a model version to estimate its performance from counts of its scores."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ml_platform.core.estimation.cell_losses import POWERS
from ml_platform.core.estimation.score_bins import ScoreBins

FloatArray = NDArray[np.float64]


class Method(StrEnum):
    """How performance is estimated without labels.

    CBPE: confidence-based performance estimation: the calibrated score says how often a decision
    is right. Source: NannyML documentation, "How it works: CBPE"; Guillory et al., "Predicting
    with confidence on unseen distributions" (2021).
    LEAF_CBPE: the same, calibrated apart in each region of the features that a small tree cuts.
    DLE: direct loss estimation, of predicted numbers: how large errors were among such predictions
    in such a region. Source: NannyML documentation, "How it works: DLE".
    """

    CBPE = "cbpe"
    LEAF_CBPE = "leaf_cbpe"
    DLE = "dle"


CALIBRATIONS = (Method.CBPE, Method.LEAF_CBPE)
"""The methods for scores that are probabilities."""


@dataclass(frozen=True)
class PerformanceEstimator:
    """What labelled rows that a model version did not learn from say of unlabelled ones.

    Attributes:
        method: Whether there are regions beside score bins.
        bins: Score bins.
        rates: Share of label 1 per region and score bin, shape [regions, bins]; one region for
            CBPE. For DLE the losses of `cell_losses`, shape [3, regions, bins].
        tree: The regions' tree in XGBoost's own format; empty for CBPE.
        leaves: Node ids of the tree's leaves, ascending; region r is leaf ``leaves[r]``.
        rows: Labelled rows it was fitted on.
        days: Partitions of those rows, as far as they were judged from the others.
        day_variance: By metric: how much one day's realised value varies around its estimate
            beyond sampling.
        log_loss: Out of fold, by method: why this one was chosen; nothing for DLE.
    """

    method: Method
    bins: ScoreBins
    rates: FloatArray
    tree: bytes = b""
    leaves: tuple[int, ...] = ()
    rows: int = 0
    days: int = 0
    day_variance: Mapping[str, float] = field(default_factory=dict)
    log_loss: Mapping[str, float] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, int]:
        """Regions and score bins."""
        regions, bins = self.rates.shape[-2:]
        return regions, bins

    def counts(self, score: ArrayLike, leaf: ArrayLike | None = None) -> NDArray[np.int64]:
        """Rows per region and score bin, shape [regions, bins].

        Args:
            score: Shape [n].
            leaf: Node id of the tree's leaf of each row, shape [n]; needed with a tree.
        """
        regions, bins = self.shape
        cell = self.regions_of(leaf, len(np.asarray(score))) * bins + self.bins.place(score)
        found = np.bincount(cell, minlength=regions * bins).reshape(regions, bins)
        return found.astype(np.int64)

    def rate_of(self, score: ArrayLike, leaf: ArrayLike | None = None) -> FloatArray:
        """The rate of label 1 that is expected of each row, shape [n]; arguments as `counts`."""
        found: FloatArray = self.rates[
            self.regions_of(leaf, len(np.asarray(score))), self.bins.place(score)
        ]
        return found

    def regions_of(self, leaf: ArrayLike | None, rows: int) -> NDArray[np.intp]:
        """The region of each row, shape [n]."""
        if leaf is None:
            return np.zeros(rows, dtype=np.intp)
        found: NDArray[np.intp] = np.searchsorted(self.leaves, np.asarray(leaf))
        return found

    def to_row(self) -> dict[str, Any]:
        """Plain values for a table."""
        return {
            "method": str(self.method),
            "threshold": self.bins.threshold,
            "edges": list(self.bins.edges),
            "scores": list(self.bins.scores),
            "rates": self.rates.ravel().tolist(),
            "tree": self.tree,
            "leaves": list(self.leaves),
            "rows": self.rows,
            "days": self.days,
            "day_variance": json.dumps(dict(self.day_variance)),
            "log_loss": json.dumps(dict(self.log_loss)),
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> PerformanceEstimator:
        """An estimator as `to_row` wrote it; other keys are ignored."""
        bins = ScoreBins(tuple(row["edges"]), tuple(row["scores"]), row["threshold"])
        method = Method(row["method"])
        of_row = (len(POWERS), -1, len(bins)) if method is Method.DLE else (-1, len(bins))
        return cls(
            method=method,
            bins=bins,
            rates=np.asarray(row["rates"], dtype=np.float64).reshape(of_row),
            tree=row["tree"],
            leaves=tuple(row["leaves"]),
            rows=row["rows"],
            days=row["days"],
            day_variance=json.loads(row["day_variance"]),
            log_loss=json.loads(row["log_loss"]),
        )
