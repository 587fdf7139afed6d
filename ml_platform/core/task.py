"""What a model is asked for, and what follows from it: one entry per task, read everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from ml_platform.core.metric_names import BINARY_METRICS, REGRESSION_METRICS

TaskName = Literal["binary_classification", "regression"]


@dataclass(frozen=True, slots=True)
class Task:
    """One task.

    Attributes:
        name: As it is declared.
        metrics: All that are measured, in the order they are shown.
        judged_by: The metric of promotion, and of baselines that could win on another one.
        beyond_constants: Metrics that a constant score cannot win on. On decisions (recall), on
            calibration or on bias it can: always "yes" has recall 1, always the mean is unbiased.
        estimated: Metrics that can be estimated before labels come.
        constant: The best answer that needs no model, as a word of names.
        constant_said: The same in words.
        label: Type of the label in Spark's words.
        decides: Whether a threshold turns scores, which are probabilities then, into decisions.
            Without one a score is the predicted value itself.
    """

    name: TaskName
    metrics: tuple[str, ...]
    judged_by: str
    beyond_constants: frozenset[str]
    estimated: tuple[str, ...]
    constant: str
    constant_said: str
    label: str
    decides: bool


BINARY_CLASSIFICATION = Task(
    name="binary_classification",
    metrics=BINARY_METRICS,
    judged_by="brier",
    beyond_constants=frozenset({"roc_auc", "pr_auc", "brier", "log_loss"}),
    # All but the calibration error: that the scores' calibration holds is assumed.
    estimated=tuple(name for name in BINARY_METRICS if name != "calibration_error"),
    constant="base_rate",
    constant_said="always answering the base rate",
    label="int",
    decides=True,
)
REGRESSION = Task(
    name="regression",
    metrics=REGRESSION_METRICS,
    judged_by="rmse",
    beyond_constants=frozenset({"mae", "rmse", "median_absolute_error", "r2"}),
    estimated=("mae", "rmse"),
    constant="mean",
    constant_said="always answering the mean",
    label="double",
    decides=False,
)
TASKS: Mapping[str, Task] = MappingProxyType(
    {task.name: task for task in (BINARY_CLASSIFICATION, REGRESSION)}
)


def task_of(metric: str) -> Task:
    """The task that a metric belongs to; no metric belongs to two.

    >>> task_of("rmse").name
    'regression'
    """
    return next(task for task in TASKS.values() if metric in task.metrics)
