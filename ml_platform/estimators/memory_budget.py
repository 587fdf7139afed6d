"""Where a training runs: in this process while it fits a stated budget, on Spark beyond it."""

from dataclasses import dataclass
from enum import StrEnum

BYTES_PER_CELL = 24
"""Peak memory of an in-process fit per row and feature.

The collected columns (8 bytes), the float32 matrix (4), the booster's binned copy (1 to 4) and
the copies that exist for a moment in between. Measured on 337,000 x 20 and 1,000,000 x 20.
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
