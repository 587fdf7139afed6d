"""The rows of a pinned training set, as arrays that fit the stated memory budget."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pyspark.sql import DataFrame, SparkSession

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
        beside: the inputs of another version for the same rows, as its own code makes them; None
            where they are among the columns.
    """

    columns: dict[str, NDArray[Any]]
    label: NDArray[Any]
    segments: dict[str, NDArray[Any]]
    partitions: NDArray[Any]
    beside: dict[str, NDArray[Any]] | None = None


@dataclass(frozen=True)
class Beside:
    """Inputs of another version, to be read together with the rows of a training set.

    Attributes:
        frame: key columns, and the inputs as a struct `own`.
        inputs: their names and types.
    """

    frame: DataFrame
    inputs: Mapping[str, str]


def read_split(
    model: Model,
    lake: Lake,
    spark: SparkSession,
    version: int,
    split: str,
    beside: Beside | None = None,
) -> LabelledRows:
    """The rows of one split (train or holdout) of the training set at a Delta version.

    Beyond the estimator's memory budget it is a sample without replacement, the same each time.
    """
    table = lake.table(model.table(names.TRAINING_SET))
    segments = model.spec.monitoring.segments
    key = model.spec.key if beside else ()
    wanted = dict.fromkeys([*key, *model.inputs, *segments, "label", "source_partition"])
    frame = table.read(spark, version=version).where(f"split = '{split}'").select(*wanted)
    most = rows_within(model.spec.estimator.memory_budget_mb, len(wanted))
    rows = sum(table.row_counts(version).values())
    if rows > most:
        frame = frame.sample(fraction=most / rows, seed=0)
    if beside:
        frame = frame.join(beside.frame, on=list(key), how="left")
    rows_read = frame.toArrow().sort_by("source_partition").combine_chunks()
    labelled = _labelled(model, rows_read)
    if not beside:
        return labelled
    own = pa.table({n: pc.struct_field(rows_read["own"], n) for n in beside.inputs})
    columns = one_form(numpy_columns(own, beside.inputs), beside.inputs)
    return replace(labelled, beside=dict(columns))


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
