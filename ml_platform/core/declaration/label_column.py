"""The column that holds the label, against the contract of its table and the task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ml_platform.core.declaration.column_names import spelling
from ml_platform.core.model_spec import LabelSpec
from ml_platform.core.spec_errors import not_among
from ml_platform.core.task import TASKS, TaskName

_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")


def label_column_mistakes(
    label: LabelSpec, task: TaskName, table: str, columns: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Keys of the declaration with what is wrong with them.

    An expression is Spark's to read: nothing is said of it here.

    Args:
        label: the declaration.
        task: what the model is asked for.
        table: that holds the labels.
        columns: of its contract, with their types in Spark's words.
    """
    if label.expression is not None:
        return
    if label.column not in columns:
        said = not_among(label.column, columns, f"column of {table}")
        if written := spelling(label.column, columns):
            said = f'given "{label.column}"; the contract of {table} writes "{written}"'
        yield "label.column", said
    elif message := label_type_mistake(label, task, columns[label.column]):
        yield "label.column", f'"{label.column}" of {table} {message}'


def label_type_mistake(label: LabelSpec, task: TaskName, kind: str) -> str | None:
    """What is wrong with the type of a label, as the end of a sentence; None where nothing is.

    Args:
        label: the declaration.
        task: what the model is asked for.
        kind: of the column or of the expression's value, in Spark's words.

    >>> label = LabelSpec(column="trend", available_after="1 day")
    >>> label_type_mistake(label, "binary_classification", "string")
    'is text: say which value means yes, as in label: {positive: ...}'
    """
    of_number = kind.startswith(_NUMBERS)
    if not TASKS[task].decides:
        return None if of_number else f"is of type {kind}; a regression needs a number"
    if label.positive is not None or of_number or kind == "boolean":
        return None
    if kind == "string":
        return "is text: say which value means yes, as in label: {positive: ...}"
    return f"is of type {kind}; a binary classification needs 0 and 1, true and false, or text"
