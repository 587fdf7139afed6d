from __future__ import annotations

import numpy as np
import pytest

from ml_platform.core.estimation.expected_errors import expected_errors

# Normal errors of deviation 1 and 3 in two cells.
LOSSES = np.array([[np.sqrt(2 / np.pi) * s, s**2, 3 * s**4] for s in (1.0, 3.0)]).T.reshape(3, 1, 2)


def test_errors_are_the_mean_over_cells() -> None:
    value, _ = expected_errors(np.array([[300, 100]]), LOSSES)
    assert value["mae"] == pytest.approx(np.sqrt(2 / np.pi) * 1.5)
    assert value["rmse"] == pytest.approx(np.sqrt((3 * 1 + 9) / 4))


def test_realised_errors_stray_as_far_as_is_said() -> None:
    counts = np.array([[300, 100]])
    value, deviation = expected_errors(counts, LOSSES)
    generator = np.random.default_rng(0)
    errors = generator.normal(0, np.repeat([1.0, 3.0], counts[0]), size=(4_000, 400))
    realised = {"mae": np.abs(errors).mean(axis=1), "rmse": np.sqrt((errors**2).mean(axis=1))}
    for metric, drawn in realised.items():
        assert drawn.mean() == pytest.approx(value[metric], rel=0.01)
        assert drawn.std() == pytest.approx(deviation[metric], rel=0.06)


def test_without_rows_nothing_is_estimated_and_without_errors_nothing_strays() -> None:
    value, deviation = expected_errors(np.array([[0, 0]]), LOSSES)
    assert all(np.isnan(each) for each in (*value.values(), *deviation.values()))
    value, deviation = expected_errors(np.array([[5, 1]]), np.zeros((3, 1, 2)))
    assert value == deviation == {"mae": 0.0, "rmse": 0.0}
