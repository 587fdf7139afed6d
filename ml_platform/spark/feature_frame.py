"""The model's own feature matrix as Spark columns, for fitting on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import FloatType, StructField, StructType

from ml_platform.spark.scoring import numpy_columns


def feature_frame(
    frame: DataFrame,
    inputs: Mapping[str, str],
    features: Sequence[str],
    transform: Callable[[Mapping[str, np.ndarray]], np.ndarray],
) -> DataFrame:
    """One float column per feature, made by the request-time function, and ``label``.

    Args:
        frame: has all input columns and ``label``.
        inputs: the model's input columns with their types.
        features: names of the matrix columns, in order.
        transform: the preprocessing function: columns -> float32 matrix.
    """
    fields = [StructField(name, FloatType()) for name in features]
    schema = StructType([*fields, StructField("label", frame.schema["label"].dataType)])
    declared = dict(inputs)
    columns = list(features)

    def made(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            matrix = transform(numpy_columns(batch, declared))
            arrays = [pa.array(matrix[:, i], pa.float32()) for i in range(len(columns))]
            made_of = [*arrays, batch.column("label")]
            yield pa.RecordBatch.from_arrays(made_of, names=[*columns, "label"])

    return frame.select(*declared, "label").mapInArrow(made, schema)
