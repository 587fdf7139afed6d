"""Label rows from the table that holds the truth, and the history of their corrections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F
from pyspark.sql.types import BooleanType, NumericType

from ml_platform.core.model_spec import LabelSpec


def label_rows(
    truth: DataFrame, key: Sequence[str], label: LabelSpec, labelled_at: datetime, kind: str
) -> DataFrame:
    """Key, ``label``, ``labelled_at``, partition; events without a truth have no row.

    Args:
        truth: the validated labels table.
        key: columns that identify an event.
        label: which column, or which expression over the table, is the label, and which of its
            values means yes.
        labelled_at: when the platform learned of it, with zone.
        kind: Spark's type of the label, ``int`` (0 and 1) or ``double``; what is not finite is no
            truth.
    """
    return truth.select(
        *key,
        label_value(label, kind).alias("label"),
        F.lit(labelled_at).cast("timestamp").alias("labelled_at"),
        "partition",
    ).where("label is not null")


def label_value(label: LabelSpec, kind: str) -> Column:
    """The label of a row of the truth; null where there is none, or none that can be one."""
    said = _said(label)
    number = said.try_cast("double")
    if kind != "int":
        return F.when(F.abs(number) < float("inf"), number)
    if label.positive is None:
        return F.when(number.isin(0.0, 1.0), number.cast("int"))
    yes = _is(said, label.positive)
    no = said.isNotNull() if label.negative is None else _is(said, label.negative)
    return F.when(yes, 1).when(no, 0)


def refused_labels(truth: DataFrame, label: LabelSpec, kind: str) -> dict[str, dict[str, int]]:
    """What stands where a label should, and is none: how often each value occurs, by partition.

    A partition in which every value is a label, or null, is absent. No job is run where the type of
    the label alone says that all are.

    Args:
        truth: the validated labels table.
        label: as for `label_rows`.
        kind: as for `label_rows`.
    """
    said = _said(label)
    of_type = truth.select(said.alias("said")).schema["said"].dataType
    if isinstance(of_type, BooleanType) or (kind != "int" and isinstance(of_type, NumericType)):
        return {}
    refused = said.isNotNull() & label_value(label, kind).isNull()
    rows = (
        truth.where(refused)
        .groupBy("partition", said.cast("string").alias("said"))
        .count()
        .orderBy(F.desc("count"), "said")
        .collect()
    )
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        found.setdefault(row["partition"], {})[row["said"]] = row["count"]
    return found


def _said(label: LabelSpec) -> Column:
    return F.expr(label.expression or f"`{label.column}`")


def _is(said: Column, value: str | float) -> Column:
    """Whether a value of the truth is a declared one: as text, or as a number."""
    if isinstance(value, str):
        return said.cast("string") == value
    return said.try_cast("double") == float(value)


def with_corrections(
    recorded: DataFrame, fresh: DataFrame, key: Sequence[str], labelled_at: datetime
) -> DataFrame:
    """The recorded rows, and what is new: other labels, and those that are no longer there.

    Args:
        recorded: all label rows of some partitions, which stay as they are.
        fresh: the label rows that the source holds of them now.
        key: what a label belongs to.
        labelled_at: when the platform learned of it, with zone.

    Returns:
        the recorded rows; the fresh ones that say something new of their event; and of each event
        whose label was withdrawn a row without a label, so that the history stays whole.
    """
    on = [*key, "partition"]
    newest = Window.partitionBy(*on).orderBy(F.col("labelled_at").desc())
    latest = (
        recorded.withColumn("_age", F.row_number().over(newest))
        .where("_age = 1")
        .select(*on, F.col("label").alias("_known"))
    )
    news = fresh.join(latest, on=on, how="left").where("_known is null or _known != label")
    withdrawn = (
        latest.where("_known is not null")
        .join(fresh.select(*on), on=on, how="left_anti")
        .withColumn("label", F.lit(None).cast(recorded.schema["label"].dataType))
        .withColumn("labelled_at", F.lit(labelled_at).cast("timestamp"))
    )
    columns = recorded.columns
    return recorded.unionByName(news.select(*columns)).unionByName(withdrawn.select(*columns))
