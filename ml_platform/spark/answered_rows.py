"""One row per event of the inference log: the answer that was given first."""

from __future__ import annotations

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ml_platform.core.log_record import OK, SHADOW
from ml_platform.spark.expressions import all_of

BESIDE_KEY = ("role", "status", "source", "logged_at", "writer", "seq", "sampling_weight")
"""Columns of the log that this reads besides the key; a caller must not drop them first."""
WEIGHT = "weight"


def answered_rows(log: DataFrame, key: Sequence[str]) -> DataFrame:
    """Each event once, as it was answered first; what only a shadow scored is no answer.

    An event may stand in the log several times: answered online, by champion or canary, asked for
    again, and scored in batch. Rows without a whole key belong to no event that could be told, or
    labelled, and are left out.

    An event that batch scored weighs 1, since batch logs every event. One that was only answered
    online weighs as many as its sample stands for, so that sums over events are unbiased (Horvitz
    and Thompson, JASA 47, 1952).

    Args:
        log: rows of the inference log, with the columns of `BESIDE_KEY`.
        key: columns that identify an event.

    Returns:
        The columns of `log` and ``weight``.
    """
    whole = all_of([F.col(name).isNotNull() for name in key])
    answers = log.where((F.col("role") != SHADOW) & (F.col("status") == OK) & whole)
    by_event = answers.groupBy(*key).agg(
        F.min_by(F.struct(*log.columns), _first()).alias("first"),
        F.max(F.col("source") == "batch").alias("in_batch"),
    )
    weight = F.when(F.col("in_batch"), F.lit(1.0)).otherwise(F.col("first.sampling_weight"))
    return by_event.select("first.*", weight.alias(WEIGHT))


def _first() -> Column:
    return F.struct("logged_at", "source", "writer", "seq")
