from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ml_platform.core.estimation.estimator import Method, PerformanceEstimator
from ml_platform.core.estimation.expected import ESTIMABLE, expected_metrics
from ml_platform.core.estimation.fitting import fit_estimator
from ml_platform.core.estimation.score_bins import ScoreBins
from ml_platform.core.metric_names import BINARY_METRICS
from ml_platform.core.performance.metrics import classification_metrics
from ml_platform_tests.core.estimation.world import by_group, world

REFERENCE = world(40_000)
ESTIMATOR = fit_estimator(REFERENCE, 0.4, by_group)


def test_every_metric_but_the_calibration_itself_is_estimated() -> None:
    assert set(BINARY_METRICS) - set(ESTIMABLE) == {"calibration_error"}


def test_the_estimate_lies_within_the_chance_of_the_labels() -> None:
    later = [world(4_000, seed=1 + number) for number in range(60)]
    found = [expected_metrics(ESTIMATOR.counts(rows.score), ESTIMATOR) for rows in later]
    truth = [classification_metrics(rows.label, rows.score, 0.4) for rows in later]
    for metric in ESTIMABLE:
        z = np.array(
            [
                (t[metric] - f.value[metric]) / f.sampling[metric]
                for f, t in zip(found, truth, strict=True)
            ]
        )
        # What the reference's own chance adds, of a tenth of the variance, and binning.
        assert abs(z.mean()) < 0.6, metric
        assert 0.7 < z.std() < 1.3, metric


def test_the_estimate_follows_covariate_shift() -> None:
    rows = world(60_000, seed=7)
    hard = rows.where(np.abs(rows.score - 0.4) < 0.2)
    found = expected_metrics(ESTIMATOR.counts(hard.score), ESTIMATOR)
    truth = classification_metrics(hard.label, hard.score, 0.4)
    before = classification_metrics(REFERENCE.label, REFERENCE.score, 0.4)
    for metric in ("accuracy", "roc_auc", "brier", "log_loss"):
        assert abs(found.value[metric] - truth[metric]) < 0.2 * abs(before[metric] - truth[metric])
    assert found.positive_rate == pytest.approx(hard.label.mean(), abs=0.01)


def test_the_estimate_is_blind_to_concept_drift() -> None:
    rows = world(4_000, seed=3)
    turned = replace(rows, label=1 - rows.label)
    found = expected_metrics(ESTIMATOR.counts(turned.score), ESTIMATOR)
    assert found.value["roc_auc"] > 0.75
    assert classification_metrics(turned.label, turned.score, 0.4)["roc_auc"] < 0.25


def test_sampling_error_falls_with_the_root_of_the_rows() -> None:
    counts = ESTIMATOR.counts(world(2_000, seed=5).score)
    few, many = (expected_metrics(n * counts, ESTIMATOR) for n in (1, 100))
    for metric in ESTIMABLE:
        assert few.value[metric] == pytest.approx(many.value[metric])
        assert few.sampling[metric] / many.sampling[metric] == pytest.approx(10, rel=0.3)


def test_scores_beyond_the_reference_are_told() -> None:
    bins = ScoreBins.of([0.2, 0.3, 0.4], 0.3)
    estimator = PerformanceEstimator(Method.CBPE, bins, np.full((1, len(bins)), 0.3))
    found = expected_metrics(estimator.counts([0.1, 0.25, 0.9, 0.9]), estimator)
    assert (found.rows, found.unsupported) == (4, 0.75)


def test_no_rows_have_no_metrics() -> None:
    found = expected_metrics(ESTIMATOR.counts([]), ESTIMATOR)
    assert (found.rows, found.unsupported) == (0, 0.0)
    assert np.isnan([*found.value.values(), *found.sampling.values(), found.positive_rate]).all()


def test_the_same_counts_give_the_same_estimate() -> None:
    counts = ESTIMATOR.counts(world(500, seed=2).score)
    assert expected_metrics(counts, ESTIMATOR) == expected_metrics(counts, ESTIMATOR)


def test_counts_of_another_estimator_are_refused() -> None:
    with pytest.raises(ValueError, match="the estimator has"):
        expected_metrics(np.zeros((2, 3), dtype=np.int64), ESTIMATOR)
