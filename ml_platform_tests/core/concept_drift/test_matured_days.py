from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ml_platform.core.concept_drift.matured_days import (
    LEAST_COVERAGE,
    ErrorCount,
    MaturedDay,
    error_counts,
    error_sizes,
    matured_days,
    mean_absolute_error,
)


def row(**changes: Any) -> dict[str, Any]:
    """A row of the performance table."""
    return {
        "partition": "2013-01-02",
        "window": "day",
        "segment": None,
        "metric": "brier",
        "model_version": 2,
        "value": 0.2,
        "estimated": 0.15,
        "deviation": 0.025,
        "labelled_rows": 400,
        "coverage": 1.0,
    } | changes


def test_the_days_of_one_version_come_oldest_first() -> None:
    days = matured_days([row(), row(partition="2013-01-01")], "brier", 2)
    assert [day.partition for day in days] == ["2013-01-01", "2013-01-02"]
    assert days[0].error == pytest.approx(0.05)
    assert mean_absolute_error(days) == pytest.approx(0.05)


@pytest.mark.parametrize(
    "changes",
    [
        {"window": "trailing"},
        {"segment": "origin"},
        {"metric": "f1"},
        {"model_version": 1},
        {"estimated": None},
        {"value": float("nan")},
        {"deviation": None},
        {"deviation": 0.0},
        {"coverage": 8 / 900, "labelled_rows": 8},
        {"coverage": LEAST_COVERAGE - 0.01},
        {"coverage": None},
    ],
)
def test_other_rows_are_left_out(changes: dict[str, Any]) -> None:
    assert matured_days([row(**changes)], "brier", 2) == []


def test_rows_from_before_there_were_estimates_are_left_out() -> None:
    old = {k: v for k, v in row().items() if k not in ("estimated", "deviation")}
    assert matured_days([old], "brier", 2) == []


def test_harm_is_worse_than_estimated_whichever_way_is_better() -> None:
    assert MaturedDay("", "brier", 0.2, 0.15, 0.025).harm == pytest.approx(2)
    assert MaturedDay("", "roc_auc", 0.6, 0.65, 0.025).harm == pytest.approx(2)
    assert MaturedDay("", "roc_auc", 0.7, 0.65, 0.025).harm < 0


def test_wrong_decisions_follow_from_the_accuracy() -> None:
    rows = [row(metric="accuracy", value=0.75), row(), row(metric="accuracy", value=None)]
    assert error_counts(rows, 2) == [ErrorCount("2013-01-02", 100, 400)]


def test_a_day_with_a_handful_of_labels_counts_no_errors_yet() -> None:
    early = row(metric="accuracy", value=0.5, labelled_rows=8, coverage=8 / 900)
    assert error_counts([early], 2) == []


def test_harm_of_a_day_without_change_is_standard_however_many_labels_are_missing() -> None:
    """Scores are calibrated, the deviation is that of all rows, labels are missing by chance."""
    generator, rows = np.random.default_rng(0), 900
    score = generator.beta(2, 5, rows)
    chance = score * (1 - score)
    whole = float(np.sqrt((chance * (1 - 2 * score) ** 2).sum()) / rows)

    def harm(coverage: float) -> float:
        picked = generator.permutation(rows)[: int(coverage * rows)]
        label = generator.random(len(picked)) < score[picked]
        realised = float(((label - score[picked]) ** 2).mean())
        found = row(
            value=realised,
            estimated=float(chance.mean()),
            deviation=whole,
            coverage=len(picked) / rows,
        )
        [day] = matured_days([found], "brier", 2)
        return day.harm

    for coverage in (1.0, 0.9, LEAST_COVERAGE):
        found = np.array([harm(coverage) for _ in range(2_000)])
        assert np.std(found) == pytest.approx(1.0, abs=0.07)
        assert np.mean(found) == pytest.approx(0.0, abs=0.08)


def test_no_day_has_no_error() -> None:
    assert mean_absolute_error([]) != mean_absolute_error([])


def test_sizes_of_errors_are_told_by_their_two_means() -> None:
    rows = [row(metric="mae", value=30.0), row(metric="rmse", value=50.0)]
    rows += [row(metric="mae", value=10.0, partition="2013-01-01")]
    [day] = error_sizes(rows, 2, usual=20.0)
    assert (day.partition, day.rate, day.deviation, day.rows) == ("2013-01-02", 1.5, 2.0, 400)
    shown = list(day.values(250))
    assert np.mean(shown) * 4 == pytest.approx(1.5)
    assert np.std(shown) * 4 == pytest.approx(2.0)
    rounded = [row(metric="mae", value=5.0), row(metric="rmse", value=4.9999999)]
    assert error_sizes(rounded, 2, usual=5.0)[0].deviation == 0.0
