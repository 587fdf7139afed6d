from typing import get_args

import pytest

from ml_platform.core.metric_names import METRICS
from ml_platform.core.task import (
    BINARY_CLASSIFICATION,
    REGRESSION,
    TASKS,
    Task,
    TaskName,
    task_of,
)


def test_every_task_that_may_be_declared_has_an_entry() -> None:
    assert set(TASKS) == set(get_args(TaskName))


@pytest.mark.parametrize("task", TASKS.values())
def test_what_a_task_is_judged_by_are_metrics_of_its_own(task: Task) -> None:
    assert set(task.beyond_constants) <= set(task.metrics)
    assert task.judged_by in task.beyond_constants
    assert task.judged_by in task.estimated
    assert set(task.estimated) <= set(task.metrics)


def test_a_metric_tells_its_task() -> None:
    assert {task_of(metric) for metric in METRICS} == {BINARY_CLASSIFICATION, REGRESSION}
    assert all(task_of(metric) is task for task in TASKS.values() for metric in task.metrics)
