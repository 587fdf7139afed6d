"""A training runs here while it fits the budget."""

import pytest

from ml_platform.estimators.memory_budget import TrainingPlace, estimated_mb, plan_training


@pytest.mark.parametrize(
    ("rows", "budget_mb", "place"),
    [
        (0, 1, TrainingPlace.IN_PROCESS),
        (1_000_000, 480, TrainingPlace.IN_PROCESS),
        (1_000_001, 480, TrainingPlace.DISTRIBUTED),
    ],
)
def test_the_budget_decides_where(rows: int, budget_mb: float, place: TrainingPlace) -> None:
    plan = plan_training(rows, 20, budget_mb)
    assert plan.place is place
    assert (plan.estimated_mb, plan.budget_mb) == (estimated_mb(rows, 20), budget_mb)
