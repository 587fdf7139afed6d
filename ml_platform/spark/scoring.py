"""Scoring a frame where its rows are: the artifact goes to the data, not the data to the driver."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from pyspark.sql import DataFrame
from pyspark.sql.types import DoubleType, StringType, StructField, StructType

from ml_platform.core.column_kind import ColumnKind, column_kind
from ml_platform.core.feature_digest import feature_digests
from ml_platform.core.request_id import request_ids


class Scorer(Protocol):
    """What scores: a loaded model artifact."""

    def score(self, columns: Mapping[str, np.ndarray]) -> np.ndarray:
        """Scores, shape [n], of input columns, each of shape [n]."""
        ...


def score_frame(
    frame: DataFrame, inputs: Mapping[str, str], load: Callable[[], Scorer]
) -> DataFrame:
    """Add ``score``, ``request_id`` and ``feature_digest`` to each row.

    Args:
        frame: has all input columns.
        inputs: the columns the model takes, with their types (string, int, double).
        load: gives the scorer; called once in each Spark task, so it must be picklable.
    """
    schema = StructType(
        [
            *frame.schema.fields,
            StructField("score", DoubleType()),
            StructField("request_id", StringType()),
            StructField("feature_digest", StringType()),
        ]
    )
    names = dict(inputs)

    def scored(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        scorer = load()
        for batch in batches:
            yield _with_scores(batch, names, scorer)

    return frame.mapInArrow(scored, schema)


def numpy_columns(batch: Any, inputs: Mapping[str, str]) -> dict[str, np.ndarray]:
    """The input columns of an Arrow batch or table as the preprocessing function takes them.

    Text becomes object arrays with None for missing; numbers become float64 with NaN for missing,
    times datetime64[us] in UTC with NaT for missing.
    """
    return {name: _numpy(batch.column(name), kind) for name, kind in inputs.items()}


def _numpy(column: Any, kind: str) -> np.ndarray:
    if column_kind(kind) is ColumnKind.TEXT:
        return np.asarray(column.to_pylist(), dtype=object)
    if column_kind(kind) is ColumnKind.TIME:
        moments = column.cast(pa.timestamp("us"))
        return np.asarray(moments.to_numpy(zero_copy_only=False), dtype="datetime64[us]")
    floats = column.cast(pa.float64())
    return np.asarray(floats.to_numpy(zero_copy_only=False), dtype=np.float64)


def _with_scores(
    batch: pa.RecordBatch, inputs: Mapping[str, str], scorer: Scorer
) -> pa.RecordBatch:
    columns = numpy_columns(batch, inputs)
    rows = {name: values.tolist() for name, values in columns.items()}
    added = [
        pa.array(scorer.score(columns), pa.float64()),
        pa.array(request_ids(batch.num_rows), pa.string()),
        pa.array(feature_digests(rows), pa.string()),
    ]
    return pa.RecordBatch.from_arrays(
        [*batch.columns, *added],
        names=[*batch.schema.names, "score", "request_id", "feature_digest"],
    )
