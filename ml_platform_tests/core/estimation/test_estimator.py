from __future__ import annotations

import json

import numpy as np
import pytest

from ml_platform.core.estimation.estimator import Method, PerformanceEstimator
from ml_platform.core.estimation.fitting import fit_estimator
from ml_platform_tests.core.estimation.world import by_group, world


def test_what_is_kept_gives_the_same_estimator() -> None:
    fitted = fit_estimator(world(5_000, hidden=1.0, days=4), 0.4, by_group)
    row = json.loads(json.dumps(fitted.to_row() | {"tree": None})) | {"tree": fitted.tree}
    again = PerformanceEstimator.from_row(row | {"model_version": 3})
    assert np.array_equal(again.rates, fitted.rates)
    assert (again.bins, again.tree, again.leaves) == (fitted.bins, fitted.tree, fitted.leaves)
    assert (again.method, again.rows, again.days) == (Method.LEAF_CBPE, 5_000, 4)
    assert again.day_variance == fitted.day_variance
    assert again.log_loss == fitted.log_loss


def test_rows_are_counted_by_region_and_bin_and_counts_add() -> None:
    rows = world(2_000, hidden=1.0)
    fitted = fit_estimator(rows, 0.4, by_group)
    leaf = by_group(rows.features, rows.label).leaf_of(rows.features)
    counts = fitted.counts(rows.score, leaf)
    assert counts.sum(axis=1).tolist() == np.bincount(leaf)[[3, 8]].tolist()
    parts = [
        fitted.counts(rows.score[part], leaf[part]) for part in np.array_split(range(2_000), 7)
    ]
    assert np.array_equal(np.sum(parts, axis=0), counts)


def test_without_regions_the_score_alone_is_counted() -> None:
    fitted = fit_estimator(world(2_000), 0.4, by_group)
    assert fitted.method is Method.CBPE
    assert fitted.counts([0.1, 0.9, 0.9]).sum() == 3
    assert fitted.rates.shape[0] == 1


def test_each_leaf_is_a_region() -> None:
    rates = np.full((2, 4), 0.5)
    bins = fit_estimator(world(50), 0.4, by_group).bins
    made = PerformanceEstimator(Method.LEAF_CBPE, bins, rates, b"tree", (3, 8))
    assert made.regions_of(np.array([8, 3, 8]), 3).tolist() == [1, 0, 1]
    assert made.regions_of(None, 2).tolist() == [0, 0]
    with pytest.raises(AttributeError):
        made.rows = 3  # type: ignore[misc]
