"""Batch and row by row give the same scores to the last bit, extremes included."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from ml_platform.core import names
from ml_platform.core.extreme_rows import extreme_rows
from ml_platform.estimators.artifact import load_artifact
from ml_platform.lifecycle.predictions import predict
from ml_platform.spark.scoring import numpy_columns
from ml_platform_tests.end_to_end.loop import MODEL, Loop
from ml_platform_tests.end_to_end.trained import DAY

ROWS = 10_000


def features(loop: Loop) -> pa.Table:
    """10,000 rows as they are stored: real ones, a third of them with a null, and extremes."""
    stored = loop.lake.table(loop.model.table(names.FEATURES)).read_arrow()
    random = np.random.default_rng(7)
    rows = stored.take(random.integers(0, stored.num_rows, ROWS))
    extremes = extreme_rows(loop.model.inputs)
    size = len(next(iter(extremes.values())))
    for name in loop.model.inputs:
        field = rows.schema.field(name)
        values = rows[name].to_pylist()
        values[:size] = [_storable(value, field.type) for value in extremes[name].tolist()]
        for at in random.integers(size, ROWS, ROWS // 100):
            values[at] = None
        column = pa.array(values, field.type)
        rows = rows.set_column(rows.schema.get_field_index(name), field, column)
    return rows.combine_chunks()


def _storable(value: Any, kind: pa.DataType) -> Any:
    """An extreme as the column can hold it: whole numbers are neither infinite nor enormous."""
    if not pa.types.is_integer(kind):
        return value
    return int(value) if value is not None and abs(value) < 2**31 else None


def test_spark_and_one_row_at_a_time_agree_to_the_last_bit(trained: Loop, spark: Any) -> None:
    champion = trained.registry.champion(MODEL)
    assert champion is not None
    rows = features(trained)
    inputs = trained.model.inputs
    numbered = rows.set_column(
        rows.schema.get_field_index("partition"), "partition", [list(map(str, range(ROWS)))]
    )
    scored = predict(trained.model, spark.createDataFrame(numbered), champion).toArrow()
    of_spark = dict(zip(scored["partition"].to_pylist(), scored["score"].to_pylist(), strict=True))
    model = load_artifact(champion.path)
    columns = numpy_columns(rows, inputs)
    one_by_one = [
        model.score({name: values[i : i + 1] for name, values in columns.items()})[0]
        for i in range(ROWS)
    ]
    assert [of_spark[str(i)] for i in range(ROWS)] == one_by_one
    assert len(set(one_by_one)) > 1000
    assert np.isfinite(one_by_one).all()


def test_the_log_holds_what_the_artifact_says_of_its_own_features(trained: Loop) -> None:
    champion = trained.registry.champion(MODEL)
    assert champion is not None
    log = trained.lake.table(trained.model.table(names.INFERENCE_LOG)).read_arrow([DAY])
    logged = pa.Table.from_struct_array(log["features"].combine_chunks())
    columns = numpy_columns(logged, trained.model.inputs)
    assert load_artifact(champion.path).score(columns).tolist() == log["score"].to_pylist()
