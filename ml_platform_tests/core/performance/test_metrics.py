from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from ml_platform.core.metric_names import BINARY_METRICS
from ml_platform.core.performance.calibration import calibration_error
from ml_platform.core.performance.metrics import best_threshold, classification_metrics
from ml_platform_tests.core.performance.scored import Scored, flights, scored


def _by_sklearn(label: np.ndarray, score: np.ndarray, threshold: float) -> dict[str, float]:
    decided = (score >= threshold).astype(int)
    return {
        "accuracy": sk.accuracy_score(label, decided),
        "precision": sk.precision_score(label, decided),
        "recall": sk.recall_score(label, decided),
        "f1": sk.f1_score(label, decided),
        "roc_auc": sk.roc_auc_score(label, score),
        "pr_auc": sk.average_precision_score(label, score),
        "brier": sk.brier_score_loss(label, score),
        "log_loss": sk.log_loss(label, score),
        "calibration_error": calibration_error(label, score),
    }


@given(st.integers(0, 1_000), st.floats(0.05, 0.4))
def test_every_metric_is_what_sklearn_says(seed: int, threshold: float) -> None:
    label, score = flights(300, seed)

    found = classification_metrics(label, score, threshold)

    assert tuple(found) == BINARY_METRICS
    assert found == pytest.approx(_by_sklearn(label, score, threshold))


@given(scored(), st.floats(0, 1))
def test_a_metric_is_undefined_exactly_where_its_rows_lack(rows: Scored, threshold: float) -> None:
    label, score = rows
    some, positive, negative = len(label) > 0, label.any(), (label == 0).any()
    decided = (score >= threshold).any()
    defined = {
        "accuracy": some,
        "precision": decided,
        "recall": positive,
        "f1": positive or decided,
        "roc_auc": positive and negative,
        "pr_auc": positive,
        "brier": some,
        "log_loss": some,
        "calibration_error": some,
    }

    found = classification_metrics(label, score, threshold)

    assert {name: not isnan(value) for name, value in found.items()} == defined
    assert all(value >= 0 for value in found.values() if not isnan(value))
    assert all(v <= 1 + 1e-12 for n, v in found.items() if n != "log_loss" and not isnan(v))


def test_certain_and_wrong_costs_much_but_not_infinitely_much() -> None:
    found = classification_metrics([1, 0], [0.0, 1.0], 0.5)

    assert found["log_loss"] == pytest.approx(sk.log_loss([1, 0], [0.0, 1.0]))
    assert found["roc_auc"] == 0


@given(scored(min_size=1), st.sampled_from(["accuracy", "f1"]))
def test_no_observed_score_is_a_better_threshold(rows: Scored, metric: str) -> None:
    label, score = rows

    def quality(threshold: float) -> float:
        # Never deciding yes, without a positive label, makes f1 undefined: as good as any.
        return np.nan_to_num(classification_metrics(label, score, threshold)[metric])

    best = best_threshold(label, score, metric)

    assert quality(best) == pytest.approx(max(quality(threshold) for threshold in score))


def test_the_highest_of_equally_good_thresholds_is_taken() -> None:
    assert best_threshold([1, 0, 0, 1], [0.9, 0.7, 0.3, 0.1], "accuracy") == pytest.approx(0.8)
    assert best_threshold([1, 1], [0.9, 0.4], "f1") == pytest.approx(0.2)


def test_what_cannot_choose_a_threshold_is_refused() -> None:
    with pytest.raises(ValueError, match="'roc_auc' does not choose a threshold"):
        best_threshold([0, 1], [0.1, 0.9], "roc_auc")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no rows"):
        best_threshold([], [], "f1")
