"""What only Spark can tell of a model: its label's expression, and what its features become.

Both are planned over empty tables of the contracts' columns; no data is read, and no job is run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.types import StringType, StructField, StructType

from ml_platform.components.declared_module import code_mistake
from ml_platform.core import names
from ml_platform.core.declaration.column_names import spelling
from ml_platform.core.declaration.label_column import label_type_mistake
from ml_platform.core.declaration.mistake import Mistake
from ml_platform.core.spec_errors import did_you_mean
from ml_platform.lifecycle.model import Model
from ml_platform.spark.contract import compile_contract

_KINDS: Mapping[str, str] = {
    "string": "text",
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint", "long"), "a number"),
    **dict.fromkeys(("float", "double", "decimal", "boolean"), "a number"),
    **dict.fromkeys(("date", "timestamp", "timestamp_ntz"), "a time"),
}


def spark_mistakes(spark: SparkSession, model: Model) -> list[Mistake]:
    """What is wrong with a model's label expression and with what its features become."""
    return [*_label_mistakes(spark, model), *_feature_mistakes(spark, model)]


def _label_mistakes(spark: SparkSession, model: Model) -> Iterator[Mistake]:
    label, table = model.spec.label, model.spec.sources.labels
    if label.expression is None:
        return
    try:
        said = _empty(spark, model, table).select(F.expr(label.expression).alias("said"))
        kind = said.schema["said"].dataType.simpleString()
    except PySparkException as error:
        message = f'"{label.expression}" over {table}: {_in_words(error)}'
        yield Mistake("defs.yaml", "label.expression", message)
        return
    if message := label_type_mistake(label, model.spec.task, kind):
        yield Mistake("defs.yaml", "label.expression", f'"{label.expression}" {message}')


def _feature_mistakes(spark: SparkSession, model: Model) -> Iterator[Mistake]:
    sources, package = model.spec.sources, model.preprocess_module.rpartition(".")[0]
    file = f"{model.spec.features.replace('.', '/')}.py"
    lookups = {table: _empty(spark, model, table) for table in sources.lookups}
    history = {t: _empty(spark, model, t) for t in (sources.primary, sources.labels)}
    try:
        made = model.features(_empty(spark, model, sources.primary), lookups, history)
        kinds = {field.name: field.dataType.simpleString() for field in made.schema.fields}
    except PySparkException as error:
        place = code_mistake(file, error, package, "")
        yield Mistake(place.file, "features", _in_words(error), place.line)
        return
    except Exception as error:
        yield code_mistake(file, error, package, "features fails on empty tables")
        return
    for column, why in _needed(model).items():
        if column not in kinds:
            yield Mistake(file, "features", _absent(column, why, kinds))
    for column, declared in model.inputs.items():
        if column in kinds and _kind(kinds[column]) != _kind(declared):
            yield Mistake(
                file,
                "features",
                f'it makes "{column}" of type {kinds[column]}, and INPUTS says {declared}: '
                f"{_kind(declared)} is needed",
            )


def _needed(model: Model) -> dict[str, str]:
    """The columns that features must make, and what for."""
    return {
        **dict.fromkeys(model.inputs, "INPUTS of preprocess.py names it"),
        **dict.fromkeys(model.spec.key, "it is part of the key"),
        "event_time": "every event has a time",
        names.PARTITION: "every row is of a partition",
    }


def _absent(column: str, why: str, made: Mapping[str, Any]) -> str:
    if written := spelling(column, made):
        return f'it makes "{written}" and must make "{column}": {why}'
    guess = did_you_mean(column, made) or "."
    return f'it makes no column "{column}", and {why}{guess} It makes {", ".join(made)}'


def _kind(declared: str) -> str:
    """The kind of a type in Spark's words; one that no model takes is its own."""
    return _KINDS.get(declared.split("(")[0], declared)


def _empty(spark: SparkSession, model: Model, table: str) -> DataFrame:
    columns = compile_contract(model.contracts[table]).spark_schema.fields
    partition = StructField(names.PARTITION, StringType())
    return spark.createDataFrame([], StructType([*columns, partition]))


def _in_words(error: PySparkException) -> str:
    """Spark's sentence without its code, its state and the plan below it."""
    line = str(error).strip().splitlines()[0]
    return re.sub(r"^\[[A-Z_.0-9]+\] |\s*SQLSTATE: \w+.*$", "", line)
