"""Where a training runs: in this process while it fits a stated budget, on Spark beyond it."""

from dataclasses import dataclass
from enum import StrEnum

BYTES_PER_CELL = 24
"""Peak memory of an in-process fit per row and feature, numeric columns.

The collected columns (8 bytes), a copy of them while the matrix is made (8), the float32 matrix
and its bins. Measured: 20 bytes at 337,000 x 20 and at 1,000,000 x 20; the rest is margin.
"""


class TrainingPlace(StrEnum):
    """Where a booster is fitted."""

    IN_PROCESS = "in_process"
    DISTRIBUTED = "distributed"


@dataclass(frozen=True)
class TrainingPlan:
    """Where a training runs, and the two numbers that decided it."""

    place: TrainingPlace
    estimated_mb: float
    budget_mb: float


def estimated_mb(rows: int, columns: int) -> float:
    """Estimate the peak memory of an in-process fit, in MB of 10^6 bytes.

    >>> estimated_mb(1_000_000, 20)
    480.0
    """
    return rows * columns * BYTES_PER_CELL / 1e6


def plan_training(rows: int, columns: int, budget_mb: float) -> TrainingPlan:
    """Decide where to fit `rows` x `columns`, given a budget in MB.

    >>> plan_training(30_000, 20, budget_mb=2048).place.value
    'in_process'
    >>> plan_training(30_000_000, 20, budget_mb=2048).place.value
    'distributed'
    """
    estimate = estimated_mb(rows, columns)
    fits = estimate <= budget_mb
    place = TrainingPlace.IN_PROCESS if fits else TrainingPlace.DISTRIBUTED
    return TrainingPlan(place, estimate, budget_mb)


def rows_within(budget_mb: float, columns: int) -> int:
    """How many rows of so many columns fit a budget in MB.

    >>> rows_within(480, 20)
    1000000
    """
    return int(budget_mb * 1e6 // (columns * BYTES_PER_CELL))
