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
        constant: The best answer that needs no model, as a word of names; see `best_constant`.
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
    label="int",
    decides=True,
)
REGRESSION = Task(
    name="regression",
    metrics=REGRESSION_METRICS,
    judged_by="rmse",
    # No constant that is quick to tell is the best one by the median of the errors' sizes.
    beyond_constants=frozenset({"mae", "rmse", "r2"}),
    estimated=("mae", "rmse"),
    constant="mean",
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


def best_constant(metric: str) -> str:
    """The best answer that needs no model, where a model is chosen by this metric.

    Of a skewed label the median has a smaller mean absolute error than the mean has, so that a
    model may beat the mean and be worth nothing.

    Source: Gneiting, "Making and evaluating point forecasts" (2011): squared errors are least for
    the mean, absolute ones for the median.

    >>> best_constant("rmse"), best_constant("mae"), best_constant("f1")
    ('mean', 'median', 'base_rate')
    """
    return "median" if metric == "mae" else task_of(metric).constant
