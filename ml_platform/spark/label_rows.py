"""Label rows from the table that holds the truth, and the history of their corrections."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from ml_platform.core.model_spec import LabelSpec


def label_rows(
    truth: DataFrame, key: Sequence[str], label: LabelSpec, labelled_at: datetime, kind: str
) -> DataFrame:
    """Key, ``label``, ``labelled_at``, partition; events without a truth have no row.

    Args:
        truth: the validated labels table.
        key: columns that identify an event.
        label: which column, or which expression over the table, is the label.
        labelled_at: when the platform learned of it, with zone.
        kind: Spark's type of the label, ``int`` or ``double``; what is not finite is no truth.
    """
    value = F.expr(label.expression or label.column).cast(kind)
    known = F.col("label").isNotNull() & (F.abs("label") < float("inf"))
    return truth.select(
        *key,
        value.alias("label"),
        F.lit(labelled_at).cast("timestamp").alias("labelled_at"),
        "partition",
    ).where(known)


def with_corrections(recorded: DataFrame, fresh: DataFrame, key: Sequence[str]) -> DataFrame:
    """The recorded rows, and the fresh ones that say something new of their event."""
    on = [*key, "partition"]
    newest = Window.partitionBy(*on).orderBy(F.col("labelled_at").desc())
    latest = (
        recorded.withColumn("_age", F.row_number().over(newest))
        .where("_age = 1")
        .select(*on, F.col("label").alias("_known"))
    )
    news = (
        fresh.join(latest, on=on, how="left")
        .where("_known is null or _known != label")
        .select(*recorded.columns)
    )
    return recorded.unionByName(news)
