from __future__ import annotations

from math import isnan

import numpy as np
import pytest
from scipy import stats
from sklearn import metrics as sk

from ml_platform.core.metric_names import BINARY_METRICS
from ml_platform.core.performance import bootstrap
from ml_platform.core.performance.bootstrap import bootstrap_intervals, paired_difference
from ml_platform.core.performance.metrics import classification_metrics
from ml_platform.core.performance.scored_rows import ScoredRows
from ml_platform.core.performance.weighted import weighted_metrics
from ml_platform_tests.core.performance.scored import flights


def test_every_metric_lies_inside_its_interval() -> None:
    label, score = flights(2_000)
    point = classification_metrics(label, score, 0.25)

    found = bootstrap_intervals(label, score, 0.25)

    assert tuple(found) == BINARY_METRICS
    for name, interval in found.items():
        assert interval.low < interval.value < interval.high or name == "calibration_error"
        assert interval.value == point[name]


def test_intervals_are_those_of_scipy() -> None:
    label, score = flights(400)

    def auc(label: np.ndarray, score: np.ndarray) -> float:
        return float(sk.roc_auc_score(label, score))

    theirs = stats.bootstrap(
        (label, score),
        auc,
        paired=True,
        vectorized=False,
        n_resamples=1_000,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    ours = bootstrap_intervals(label, score, 0.25, resamples=1_000)["roc_auc"]

    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)


def test_95_of_100_intervals_cover_the_truth() -> None:
    # Of many small samples, the Brier score of a fair coin called at .3: .29 in the long run.
    generator = np.random.default_rng(0)
    score = np.full(200, 0.3)
    samples = [generator.integers(0, 2, 200) for _ in range(200)]
    intervals = [
        bootstrap_intervals(label, score, 0.5, resamples=200)["brier"] for label in samples
    ]

    covered = sum(interval.low <= 0.29 <= interval.high for interval in intervals)

    assert 180 <= covered <= 198


def test_the_same_seed_gives_the_same_intervals_in_any_batching(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    label, score = flights(300)
    expected = bootstrap_intervals(label, score, 0.25, seed=3)
    monkeypatch.setattr("ml_platform.core.performance.bootstrap._CELLS_AT_ONCE", 300 * 7)

    again = bootstrap_intervals(label, score, 0.25, seed=3)

    for name, interval in expected.items():
        assert (again[name].low, again[name].high) == pytest.approx((interval.low, interval.high))
    assert bootstrap_intervals(label, score, 0.25, seed=4) != expected


def test_less_confidence_is_a_narrower_interval() -> None:
    label, score = flights(500)
    wide = bootstrap_intervals(label, score, 0.25)["brier"]
    narrow = bootstrap_intervals(label, score, 0.25, confidence=0.5)["brier"]

    assert wide.low < narrow.low < narrow.high < wide.high


def test_an_undefined_metric_has_no_interval() -> None:
    found = bootstrap_intervals([0] * 50, [0.1] * 50, 0.5)

    assert isnan(found["roc_auc"].low)
    assert isnan(found["roc_auc"].value)
    assert found["brier"].value == pytest.approx(0.01)
    assert all(isnan(interval.value) for interval in bootstrap_intervals([], [], 0.5).values())


def test_resamples_without_a_positive_are_left_out() -> None:
    label = np.array([1] + [0] * 30)
    found = bootstrap_intervals(label, np.linspace(0.9, 0.1, 31), 0.5)

    assert (found["roc_auc"].low, found["roc_auc"].high) == (1.0, 1.0)


def test_the_better_model_is_ahead_with_confidence() -> None:
    label, good = flights(3_000, skill=0.2)
    _, poor = flights(3_000, skill=0.0)

    auc = paired_difference(label, good, poor, 0.25, 0.25, "roc_auc")
    brier = paired_difference(label, good, poor, 0.25, 0.25, "brier")

    assert 0 < auc.low < auc.value < auc.high
    assert brier.low < brier.value < brier.high < 0


def test_a_model_does_not_differ_from_itself() -> None:
    label, score = flights(500)
    same = paired_difference(label, score, score, 0.25, 0.25, "f1")

    assert (same.low, same.value, same.high) == (0, 0, 0)


def test_a_pair_is_known_better_than_its_two_sides() -> None:
    label, score = flights(2_000)
    nearly = np.clip(score + 0.005, 0, 1)
    paired = paired_difference(label, score, nearly, 0.25, 0.25, "brier")
    alone = bootstrap_intervals(label, score, 0.25)["brier"]

    assert paired.high - paired.low < (alone.high - alone.low) / 5


def test_many_rows_are_drawn_by_cells_with_the_same_intervals() -> None:
    generator = np.random.default_rng(3)
    score = generator.beta(2, 8, 60_000)
    label = (generator.random(60_000) < score).astype(int)
    by_cells = bootstrap_intervals(label, score, 0.3)
    rows = ScoredRows.of(label, score, 0.3)
    drawn = [weighted_metrics(rows, w) for w in bootstrap._resamples(60_000, 200, 1)]
    for metric, interval in by_cells.items():
        values = np.concatenate([each[metric] for each in drawn])
        width = interval.high - interval.low
        assert interval.value == classification_metrics(label, score, 0.3)[metric]
        assert width == pytest.approx(3.92 * values.std(), rel=0.25), metric
        assert abs((interval.low + interval.high) / 2 - values.mean()) < 0.15 * width, metric


def _prices(rows: int, noise: float = 800.0) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    label = generator.gamma(20, 500, rows)
    return label, label + generator.normal(100, noise, rows)


def test_intervals_of_predicted_numbers_are_those_of_scipy() -> None:
    label, score = _prices(400)
    theirs = stats.bootstrap(
        (label, score),
        lambda label, score: np.sqrt(np.mean((score - label) ** 2)),
        paired=True,
        vectorized=False,
        n_resamples=1_000,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    found = bootstrap_intervals(label, score, None, resamples=1_000)
    ours = found["rmse"]
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=8)
    assert all(each.low < each.value < each.high for each in found.values())


def test_many_predicted_numbers_have_the_intervals_of_single_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    label, score = _prices(60_000)
    by_cells = bootstrap_intervals(label, score, None)
    monkeypatch.setattr(bootstrap, "_MOST_ROWS", 60_000)
    by_rows = bootstrap_intervals(label, score, None)
    for name, whole in by_rows.items():
        width = whole.high - whole.low
        assert by_cells[name].value == whole.value
        assert abs(by_cells[name].low - whole.low) < 0.25 * width
        assert abs(by_cells[name].high - whole.high) < 0.25 * width


def test_a_bias_is_compared_by_its_distance_from_zero() -> None:
    label = np.random.default_rng(1).normal(0, 10, 500)
    low, high = label - 5, label + 3
    found = paired_difference(label, low, high, None, None, "bias")
    assert found.value == pytest.approx(2.0)
    assert paired_difference(label, low, high, None, None, "rmse").low > 0
