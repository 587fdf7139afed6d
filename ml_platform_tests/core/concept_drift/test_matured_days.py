from __future__ import annotations

from typing import Any

import pytest

from ml_platform.core.concept_drift.matured_days import (
    ErrorCount,
    MaturedDay,
    error_counts,
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


def test_no_day_has_no_error() -> None:
    assert mean_absolute_error([]) != mean_absolute_error([])
