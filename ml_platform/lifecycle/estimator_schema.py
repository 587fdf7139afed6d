"""Columns of the table of performance estimators; what is kept of labels depends on the task."""

import pyarrow as pa

from ml_platform.core.task import Task

_MEAN = pa.struct(
    [
        ("mean", pa.float64()),
        ("row_variance", pa.float64()),
        ("rows", pa.int64()),
        ("days", pa.int64()),
        ("day_variance", pa.float64()),
        ("correlation", pa.float64()),
        ("known_days", pa.int64()),
    ]
)

ESTIMATOR_SCHEMA = pa.schema(
    [
        ("model_version", pa.int64()),
        ("method", pa.string()),
        ("threshold", pa.float64()),
        ("edges", pa.list_(pa.float64())),
        ("scores", pa.list_(pa.float64())),
        ("rates", pa.list_(pa.float64())),
        ("tree", pa.binary()),
        ("leaves", pa.list_(pa.int64())),
        ("rows", pa.int64()),
        ("days", pa.int64()),
        ("day_variance", pa.string()),
        ("log_loss", pa.string()),
        (
            "label_reference",
            pa.struct(
                [
                    ("rate", pa.float64()),
                    ("rows", pa.int64()),
                    ("days", pa.int64()),
                    ("day_variance", pa.float64()),
                    ("correlation", pa.float64()),
                    ("known_days", pa.int64()),
                ]
            ),
        ),
        ("expected_rate", _MEAN),
    ]
)

_VALUES = pa.struct(
    [("median", pa.float64()), ("level", _MEAN), ("width", _MEAN), ("reach", pa.float64())]
)


def estimator_schema(task: Task) -> pa.Schema:
    """The columns where labels are 0 and 1, or where they are numbers."""
    if task.decides:
        return ESTIMATOR_SCHEMA
    place = ESTIMATOR_SCHEMA.get_field_index("label_reference")
    return ESTIMATOR_SCHEMA.set(place, pa.field("label_reference", _VALUES))
