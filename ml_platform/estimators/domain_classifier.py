"""A classifier that tries to tell two sets of rows apart: how well it does is how far they differ.

Rows of one day share much (the weather of an hour is the weather of all its flights), so a
classifier that has seen some rows of a day knows its others. Folds are whole partitions where
there are enough: what is measured is whether further days of the window can be told from further
days of the reference. Source of such folds: Roberts et al., "Cross-validation strategies for data
with temporal, spatial, hierarchical, or phylogenetic structure" (2017).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ml_platform.core.column_kind import ColumnKind, column_kind
from ml_platform.core.drift.multivariate import (
    FEWEST_ROWS,
    DomainAuc,
    DomainThreshold,
    stretch_length,
    stretches,
)
from ml_platform.core.performance.metrics import classification_metrics
from ml_platform.estimators.xgboost_model import fit

if TYPE_CHECKING:
    from xgboost import Booster

ROWS_A_SIDE = 2000
FOLDS = 3
# Few shallow trees: strong enough to find what differs, too weak to learn rows by heart.
PARAMS = {"n_estimators": 16, "max_depth": 3, "learning_rate": 0.3, "subsample": 0.8}


@dataclass(frozen=True)
class DomainRows:
    """Rows of one side.

    Attributes:
        columns: Input columns in the one form that preprocessing sees, arrays of equal length.
        partitions: The partition of each row.
    """

    columns: Mapping[str, npt.NDArray[Any]]
    partitions: npt.NDArray[Any]

    def where(self, chosen: npt.NDArray[Any]) -> DomainRows:
        """Some of the rows, by a mask or by their places."""
        columns = {name: values[chosen] for name, values in self.columns.items()}
        return DomainRows(columns, self.partitions[chosen])

    def sample(self, rows: int, among: npt.NDArray[Any] | None = None) -> DomainRows:
        """So many rows at most, drawn without replacement, the same each time.

        Args:
            rows: How many.
            among: A mask of the rows to draw from; all of them without it.
        """
        places = np.arange(len(self.partitions)) if among is None else np.flatnonzero(among)
        if len(places) > rows:
            drawn = np.random.default_rng(0).choice(len(places), rows, replace=False)
            places = places[np.sort(drawn)]
        return self.where(places)


def comparable(declared: Mapping[str, str]) -> dict[str, str]:
    """The columns to tell rows apart by: not those that hold times, which tell any two stretches.

    >>> comparable({"temp": "double", "at": "timestamp"})
    {'temp': 'double'}
    """
    return {n: d for n, d in declared.items() if column_kind(d) is not ColumnKind.TIME}


def domain_auc(
    reference: DomainRows, analysis: DomainRows, declared: Mapping[str, str]
) -> DomainAuc | None:
    """Cross-validated AUC of telling the analysis from the reference.

    Args:
        reference: At most `ROWS_A_SIDE` rows of it are used, and so of the analysis.
        analysis: The other side.
        declared: Columns with their dtypes; those that are `comparable` are looked at.

    Returns:
        None where a side has fewer than `FEWEST_ROWS` rows, or there is no column to look at.
    """
    names = list(comparable(declared))
    first, second = reference.sample(ROWS_A_SIDE), analysis.sample(ROWS_A_SIDE)
    rows = min(len(first.partitions), len(second.partitions))
    if rows < FEWEST_ROWS or not names:
        return None
    matrix = np.column_stack([_numbers(first.columns[n], second.columns[n]) for n in names])
    label = np.repeat([0, 1], [len(first.partitions), len(second.partitions)])
    fold = np.concatenate([_folds(first.partitions), _folds(second.partitions)])
    aucs, gains = [], np.zeros(len(names))
    for held_out in range(FOLDS):
        learn = fold != held_out
        booster = fit(matrix[learn], label[learn], PARAMS, names, threads=1)
        aucs.append(_auc(booster, matrix[~learn], label[~learn]))
        gains += _gains(booster, names)
    return DomainAuc(
        auc=float(np.mean(aucs)),
        standard_error=float(np.std(aucs, ddof=1) / np.sqrt(FOLDS)),
        relied_on=_ranked(names, gains),
        rows=rows,
    )


def calibrate(rows: DomainRows, declared: Mapping[str, str], length: int) -> DomainThreshold:
    """Tell each stretch of the reference from all the others.

    Args:
        rows: The reference, all of it.
        declared: As for `domain_auc`.
        length: Partitions of the declared window; a stretch has more where these hold too few
            rows, and so has a window that is judged later.
    """
    counts = np.unique(rows.partitions.astype(str), return_counts=True)[1].tolist()
    length, found = stretch_length(counts, length), []
    for stretch in stretches(rows.partitions.tolist(), length):
        inside = np.isin(rows.partitions, stretch)
        others, own = (rows.sample(ROWS_A_SIDE, mask) for mask in (~inside, inside))
        told = domain_auc(others, own, declared)
        if told is not None:
            found.append(told.auc)
    return DomainThreshold(tuple(found), length, sum(counts) / max(len(counts), 1))


def _numbers(first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """One column of both sides as float32; text by how frequent it is in the first."""
    if first.dtype != object:
        return np.concatenate([first, second]).astype(np.float32)
    words = np.array(["" if w is None else str(w) for w in (*first.tolist(), *second.tolist())])
    known, codes = np.unique(words, return_inverse=True)
    frequency = np.bincount(codes[: len(first)], minlength=len(known))
    place = np.empty(len(known), dtype=np.float32)
    # What the first side never had comes last, side by side: one split finds all of it.
    place[np.argsort(-frequency, kind="stable")] = np.arange(len(known))
    return place[codes]


def _folds(partitions: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    """The fold of each row: whole partitions in turn, or single rows where those are too few."""
    groups, of_row = np.unique(partitions.astype(str), return_inverse=True)
    return (of_row if len(groups) >= FOLDS else np.arange(len(partitions))) % FOLDS


def _auc(booster: Booster, matrix: npt.NDArray[np.float32], label: npt.NDArray[Any]) -> float:
    scores = booster.inplace_predict(matrix, validate_features=False).astype(np.float64)
    return classification_metrics(label, scores, 0.5)["roc_auc"]


def _gains(booster: Booster, names: Sequence[str]) -> npt.NDArray[np.float64]:
    found = booster.get_score(importance_type="total_gain")
    return np.array([float(found.get(name, 0.0)) for name in names])


def _ranked(names: Sequence[str], gains: npt.NDArray[np.float64]) -> dict[str, float]:
    total = gains.sum()
    order = np.argsort(-gains, kind="stable")
    return {names[i]: float(gains[i] / total) for i in order if gains[i] > 0}
