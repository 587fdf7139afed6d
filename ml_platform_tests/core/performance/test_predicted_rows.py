from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

from ml_platform.core.metric_names import REGRESSION_METRICS
from ml_platform.core.performance.measured_rows import task_metrics
from ml_platform.core.performance.predicted_rows import PredictedRows, weighted_errors

NUMBER = st.integers(-50, 50).map(float)
PAIRS = st.lists(st.tuples(NUMBER, NUMBER), min_size=2, max_size=40)


def prices(rows: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Prices around 10,000 and predictions that are 100 too high in the mean."""
    generator = np.random.default_rng(seed)
    label = generator.gamma(20, 500, rows)
    return label, label + generator.normal(100, 800, rows)


def test_every_metric_is_what_sklearn_says() -> None:
    label, score = prices(1_001)
    assert task_metrics(label, score, None) == pytest.approx(
        {
            "mae": sk.mean_absolute_error(label, score),
            "rmse": sk.root_mean_squared_error(label, score),
            "median_absolute_error": sk.median_absolute_error(label, score),
            "r2": sk.r2_score(label, score),
            "bias": np.mean(score - label),
        }
    )


@given(PAIRS, st.integers(0, 1_000))
def test_a_weight_is_a_row_repeated(pairs: list[tuple[float, float]], seed: int) -> None:
    label, score = np.array(pairs).T
    weights = np.random.default_rng(seed).integers(0, 4, size=(3, len(label)))
    rows = PredictedRows.of(label, score)
    found = weighted_errors(rows, weights[:, rows.order].astype(float))
    for resample, times in enumerate(weights):
        repeated = task_metrics(label.repeat(times), score.repeat(times), None)
        ours = {name: values[resample] for name, values in found.items()}
        assert ours == pytest.approx(repeated, nan_ok=True, abs=1e-9)


@given(PAIRS, st.floats(-1e6, 1e6))
def test_errors_do_not_depend_on_where_zero_is(
    pairs: list[tuple[float, float]], shift: float
) -> None:
    label, score = np.array(pairs).T
    moved = task_metrics(label + shift, score + shift, None)
    assert moved == pytest.approx(task_metrics(label, score, None), nan_ok=True, abs=1e-6, rel=1e-6)


def test_without_rows_nothing_is_defined_and_without_variance_no_share_of_it_is() -> None:
    nothing = task_metrics([], [], None)
    assert set(nothing) == set(REGRESSION_METRICS)
    assert all(np.isnan(value) for value in nothing.values())
    same = task_metrics([5.0, 5.0, 5.0], [4.0, 5.0, 6.0], None)
    assert np.isnan(same["r2"])
    assert same["rmse"] == pytest.approx(np.sqrt(2 / 3))


def test_cells_have_the_metrics_of_their_rows_and_are_many_fewer() -> None:
    label, score = prices(200_000)
    rows = PredictedRows.of(label, score)
    cells, counts = rows.cells()
    assert counts.sum() == len(rows)
    assert len(cells) < 17_000
    found = weighted_errors(cells, counts[None, :].astype(float))
    whole = task_metrics(label, score, None)
    median = "median_absolute_error"
    assert found[median][0] == pytest.approx(whole.pop(median), rel=0.02)
    assert {name: float(found[name][0]) for name in whole} == pytest.approx(whole)


@pytest.mark.parametrize(
    ("label", "score", "said"),
    [
        ([1.0], [1.0, 2.0], "one score per label"),
        ([np.nan], [1.0], "finite"),
        ([1.0], [np.inf], "finite"),
    ],
)
def test_rows_without_a_number_are_refused(
    label: list[float], score: list[float], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        PredictedRows.of(label, score)
