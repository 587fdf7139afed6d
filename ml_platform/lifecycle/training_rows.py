"""The rows of a pinned training set, as arrays that fit the stated memory budget."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyspark.sql import SparkSession

from ml_platform.core import names
from ml_platform.estimators.input_columns import one_form
from ml_platform.estimators.memory_budget import rows_within
from ml_platform.lifecycle.model import Model
from ml_platform.spark.scoring import numpy_columns
from ml_platform.stores.lake import Lake


@dataclass(frozen=True)
class LabelledRows:
    """Input columns, label and segments of some rows; arrays of equal length.

    Attributes:
        columns: input columns in the one form that preprocessing sees.
        label: 0 or 1, or the numbers to predict.
        segments: values of each segment column.
        partitions: the partition of each row; rows come in its order.
    """

    columns: dict[str, NDArray[Any]]
    label: NDArray[Any]
    segments: dict[str, NDArray[Any]]
    partitions: NDArray[Any]


def read_split(
    model: Model, lake: Lake, spark: SparkSession, version: int, split: str
) -> LabelledRows:
    """The rows of one split (train or holdout) of the training set at a Delta version.

    Beyond the estimator's memory budget it is a sample without replacement, the same each time.
    """
    table = lake.table(model.table(names.TRAINING_SET))
    segments = model.spec.monitoring.segments
    wanted = dict.fromkeys([*model.inputs, *segments, "label", "source_partition"])
    frame = table.read(spark, version=version).where(f"split = '{split}'").select(*wanted)
    most = rows_within(model.spec.estimator.memory_budget_mb, len(wanted))
    rows = sum(table.row_counts(version).values())
    if rows > most:
        frame = frame.sample(fraction=most / rows, seed=0)
    return _labelled(model, frame.toArrow().sort_by("source_partition").combine_chunks())


_LABELS = {"int": np.int64, "double": np.float64}


def _labelled(model: Model, rows: pa.Table) -> LabelledRows:
    return LabelledRows(
        columns=dict(one_form(numpy_columns(rows, model.inputs), model.inputs)),
        label=rows["label"].to_numpy().astype(_LABELS[model.task.label]),
        segments={
            s: np.asarray(rows[s].to_pylist(), dtype=object) for s in model.spec.monitoring.segments
        },
        partitions=np.asarray(rows["source_partition"].to_pylist(), dtype=object),
    )
