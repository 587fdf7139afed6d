"""The columns a model's declaration names, against its inputs and the contracts of its tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ml_platform.core.declaration.column_names import key_column_mistakes, spelling
from ml_platform.core.declaration.label_column import label_column_mistakes
from ml_platform.core.declaration.mistake import Mistake
from ml_platform.core.model_spec import ModelSpec
from ml_platform.core.spec_errors import not_among

Contract = Mapping[str, str]
"""The columns of a table and their types, in Spark's words."""


def model_column_mistakes(
    spec: ModelSpec, inputs: Sequence[str], contracts: Mapping[str, Contract]
) -> Iterator[Mistake]:
    """What a declaration says of columns that are not there.

    Args:
        spec: the declaration.
        inputs: names of the input columns.
        contracts: of each table that the model reads.
    """
    labels = contracts[spec.sources.labels]
    for message in key_column_mistakes(spec.key, inputs):
        yield Mistake("defs.yaml", "key", message)
    for column in spec.key:
        if column not in labels:
            yield Mistake("defs.yaml", "key", _absent_key(column, spec.sources.labels, labels))
    for key, message in label_column_mistakes(spec.label, spec.task, spec.sources.labels, labels):
        yield Mistake("defs.yaml", key, message)
    known = dict.fromkeys([*spec.key, *inputs])
    for column in spec.monitoring.segments:
        if column not in known:
            message = not_among(column, known, "a column of the key or of INPUTS")
            yield Mistake("defs.yaml", "monitoring.segments", message)


def lineage_mistakes(lineage: Any, contracts: Mapping[str, Contract]) -> Iterator[str]:
    """What LINEAGE names that is not there.

    Args:
        lineage: feature column -> the (table, column) pairs it is made of.
        contracts: of each table that the model reads.
    """
    if not isinstance(lineage, Mapping):
        yield (
            f"given {type(lineage).__name__}; expected a dictionary from each feature column to "
            "the (table, column) pairs it is made of"
        )
        return
    for made, sources in lineage.items():
        for table, column in sources:
            if table not in contracts:
                yield f'"{made}": {not_among(table, contracts, "table")}'
            elif column not in contracts[table] and column != "partition":
                yield f'"{made}": {not_among(column, contracts[table], f"column of {table}")}'


def _absent_key(column: str, table: str, columns: Contract) -> str:
    said = not_among(column, columns, f"column of {table}")
    if written := spelling(column, columns):
        said = f'given "{column}"; the contract of {table} writes "{written}"'
    return f"{said} (labels find their event by the key, so their table must hold it)"
