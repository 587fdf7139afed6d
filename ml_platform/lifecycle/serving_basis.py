"""What the online endpoint needs to know of a version, taken when it is trained."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from ml_platform.core.column_kind import column_kind
from ml_platform.core.errors import ConfigError
from ml_platform.core.extreme_rows import extreme_rows
from ml_platform.core.golden_rows import GoldenRows, joined, shuffled_rows
from ml_platform.estimators.artifact import preprocess_module
from ml_platform.estimators.scoring_model import ScoringModel
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.training_rows import LabelledRows

GOLDEN_ROWS = 16
"""Rows like those of the training, beside the extreme ones."""


def serving_basis(
    model: Model, booster: Any, threshold: float | None, rows: LabelledRows, schema: pa.Schema
) -> dict[str, Any]:
    """Golden rows with their scores, and the types of the key columns that requests may carry.

    Args:
        model: the model.
        booster: the fitted trees.
        threshold: what the version decides by.
        rows: what it was fitted on; each golden row takes each column from another of them, so
            that nobody's own row leaves the lake.
        schema: of the training set.

    Returns:
        what goes into the artifact, under the keys it is read back by.
    """
    module = preprocess_module(model.preprocess_module)
    scoring = ScoringModel(
        booster, module.transform, model.inputs, tuple(module.FEATURES), threshold, spec={}
    )
    drawn = shuffled_rows({name: rows.columns[name] for name in model.inputs}, GOLDEN_ROWS)
    columns = joined(drawn, extreme_rows(model.inputs))
    golden = GoldenRows(columns, scoring.score(columns))
    return {
        "golden": golden.to_json(model.inputs),
        "key_columns": key_types(model.spec.key, schema),
    }


def key_types(key: Sequence[str], schema: pa.Schema) -> dict[str, str]:
    """The types of the key columns, where they are of a kind that a request can carry.

    >>> schema = pa.schema([("flight", pa.int32()), ("origin", pa.string()), ("raw", pa.binary())])
    >>> key_types(("flight", "origin", "raw", "absent"), schema)
    {'flight': 'int32', 'origin': 'string'}
    """
    types = {name: str(schema.field(name).type) for name in key if name in schema.names}
    types = {name: dtype.removeprefix("large_") for name, dtype in types.items()}
    return {name: dtype for name, dtype in types.items() if _can_be_sent(dtype)}


def _can_be_sent(dtype: str) -> bool:
    try:
        column_kind(dtype)
    except ConfigError:
        return False
    return True
