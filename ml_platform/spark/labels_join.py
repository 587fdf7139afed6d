"""Join labels, which come late and may be corrected, to what was predicted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from ml_platform.core.labels import LabelAnomalies

LABEL = "label"
LABELLED_AT = "labelled_at"


def join_labels(
    predictions: DataFrame, labels: DataFrame, key: Sequence[str], as_of: datetime | None = None
) -> DataFrame:
    """Every prediction with the label known at a time; the same time gives the same answer.

    Args:
        predictions: Rows with the key columns.
        labels: Key columns, ``label`` and ``labelled_at``.
        key: What a label belongs to.
        as_of: Labels after it are not known yet; without a zone it is UTC. None: all are known.

    Returns:
        The columns and rows of `predictions`, ``label`` and ``labelled_at``, null while unknown.
        Of a key's labels the latest counts; of conflicting ones at the same time the greatest, so
        that reruns agree. A row without a label withdraws those before it.
    """
    known = labels
    if as_of is not None:
        known = known.where(F.col(LABELLED_AT) <= _instant(as_of))
    latest = known.groupBy(*key).agg(F.max(F.struct(LABELLED_AT, LABEL)).alias("latest"))
    there = latest.where(F.col(f"latest.{LABEL}").isNotNull())
    joined = predictions.join(there, on=list(key), how="left")
    return joined.select(*predictions.columns, f"latest.{LABEL}", f"latest.{LABELLED_AT}")


def label_anomalies(
    events: DataFrame, labels: DataFrame, key: Sequence[str], partition_column: str = "partition"
) -> dict[str, LabelAnomalies]:
    """Count labels for unknown keys, conflicting labels and corrections, in one Spark query.

    Args:
        events: Rows with the key columns: what was, or could have been, predicted.
        labels: Key columns, ``label``, ``labelled_at`` and the partition.
        key: What a label belongs to.
        partition_column: A column of text in `labels`.

    Returns:
        Counts by partition of the labels; a partition without labels is absent.
    """
    least, most = F.min(LABEL).alias("least"), F.max(LABEL).alias("most")
    by_time = labels.groupBy(partition_column, *key, LABELLED_AT).agg(least, most)
    by_key = by_time.groupBy(partition_column, *key).agg(
        F.max(F.col("least") != F.col("most")).alias("conflicting"),
        (F.min("most") != F.max("most")).alias("corrected"),
        F.max(F.struct(LABELLED_AT, "most")).alias("latest"),
    )
    # What was withdrawn neither contradicts nor is for nothing.
    by_key = by_key.where(F.col("latest.most").isNotNull())
    seen = events.select(*key).distinct().withColumn("seen", F.lit(True))
    counted = by_key.join(seen, on=list(key), how="left").groupBy(partition_column)
    rows = counted.agg(
        F.count_if(F.col("seen").isNull()).alias("unknown"),
        F.count_if("conflicting").alias("conflicting"),
        F.count_if("corrected").alias("corrected"),
    ).collect()
    return {
        row[partition_column]: LabelAnomalies(row.unknown, row.conflicting, row.corrected)
        for row in rows
    }


def _instant(moment: datetime) -> Column:
    return F.lit(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
