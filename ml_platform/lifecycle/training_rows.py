"""The rows of a pinned training set, as arrays."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ml_platform.core import names
from ml_platform.lifecycle.model import Model
from ml_platform.spark.scoring import numpy_columns
from ml_platform.stores.lake import Lake


@dataclass(frozen=True)
class LabelledRows:
    """Input columns, label and segments of some rows; arrays of equal length.

    Attributes:
        columns: input columns as the preprocessing function takes them.
        label: 0 or 1.
        segments: values of each segment column.
        partitions: the partition of each row.
    """

    columns: dict[str, NDArray[Any]]
    label: NDArray[np.int64]
    segments: dict[str, NDArray[Any]]
    partitions: NDArray[Any]


def read_split(model: Model, lake: Lake, version: int, split: str) -> LabelledRows:
    """The rows of one split (train or holdout) of the training set at a Delta version."""
    import pyarrow.compute as pc

    wanted = {*model.inputs, *model.spec.monitoring.segments, "label", "split", "source_partition"}
    table = lake.table(model.table(names.TRAINING_SET)).read_arrow(
        version=version, columns=sorted(wanted)
    )
    rows = table.filter(pc.equal(table["split"], split)).combine_chunks()
    return LabelledRows(
        columns=numpy_columns(rows, model.inputs),
        label=rows["label"].to_numpy().astype(np.int64),
        segments={
            s: np.asarray(rows[s].to_pylist(), dtype=object)
            for s in model.spec.monitoring.segments
        },
        partitions=np.asarray(rows["source_partition"].to_pylist(), dtype=object),
    )
