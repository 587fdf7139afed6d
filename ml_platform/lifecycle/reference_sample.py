"""Rows that a model version learned from, kept to tell later rows from them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from ml_platform.core import names
from ml_platform.core.column_kind import ColumnKind, column_kind
from ml_platform.estimators.domain_classifier import ROWS_A_SIDE, DomainRows, comparable
from ml_platform.estimators.input_columns import one_form
from ml_platform.lifecycle.model import Model
from ml_platform.spark.scoring import numpy_columns
from ml_platform.stores.lake import Lake

_SOURCE_PARTITION = "source_partition"
_TYPES: Mapping[ColumnKind, pa.DataType] = {
    ColumnKind.NUMBER: pa.float64(),
    ColumnKind.TEXT: pa.string(),
}


def keep_sample(lake: Lake, model: Model, version: int, rows: DomainRows) -> int:
    """Keep some training rows of a version in ``<model>/reference_sample``, once per version.

    Returns:
        how many were kept.
    """
    sample = rows.sample(ROWS_A_SIDE)
    kept = len(sample.partitions)
    fields = {name: _TYPES[column_kind(dtype)] for name, dtype in comparable(model.inputs).items()}
    arrays: dict[str, Any] = {
        name: pa.array(sample.columns[name], kind, from_pandas=True)
        for name, kind in fields.items()
    }
    arrays[_SOURCE_PARTITION] = pa.array(sample.partitions.tolist(), pa.string())
    arrays[names.PARTITION] = pa.array([str(version)] * kept, pa.string())
    table = lake.table(model.table(names.REFERENCE_SAMPLE))
    table.replace_arrow(pa.table(arrays), [str(version)], narrower=True)
    return kept


def read_sample(
    lake: Lake, model: Model, version: int, inputs: Mapping[str, str]
) -> DomainRows | None:
    """The rows kept of a version, by its own inputs; None where none were."""
    table = lake.table(model.table(names.REFERENCE_SAMPLE))
    if not table.row_counts().get(str(version)):
        return None
    found = table.read_arrow([str(version)])
    return domain_rows(found, inputs, _SOURCE_PARTITION)


def domain_rows(
    found: pa.Table, inputs: Mapping[str, str], partition: str = names.PARTITION
) -> DomainRows:
    """Arrow rows as the classifier takes them."""
    told_by = comparable(inputs)
    columns = one_form(numpy_columns(found, told_by), told_by)
    return DomainRows(columns, np.asarray(found[partition].to_pylist(), dtype=object))
