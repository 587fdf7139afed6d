"""Rows of the inference log: every prediction with its inputs, decision and model version.

The columns are frozen: performance, parity, audit and the endpoint all read them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ml_platform.core.log_record import OK


def log_rows(
    predictions: DataFrame,
    *,
    model: str,
    key: Sequence[str],
    writer: str,
    code_version: str,
    logged_at: datetime,
) -> DataFrame:
    """Turn batch predictions into rows of the log.

    Args:
        predictions: as the predictions stage writes them.
        model: the model's name.
        key: key columns, in order.
        writer: who writes: ``batch:`` and the run's id.
        code_version: version of this package.
        logged_at: with zone.
    """
    text = F.lit(None).cast("string")
    return predictions.select(
        "request_id",
        text.alias("client_request_id"),
        F.lit(model).alias("model"),
        "model_version",
        F.lit("champion").alias("role"),
        F.lit("batch").alias("source"),
        "event_time",
        F.lit(logged_at).cast("timestamp").alias("logged_at"),
        *key,
        "features",
        "score",
        "decision",
        "threshold",
        F.lit(None).cast("double").alias("latency_ms"),
        F.lit(OK).alias("status"),
        F.lit(1.0).alias("sampling_weight"),
        F.lit(code_version).alias("code_version"),
        "feature_digest",
        F.lit(writer).alias("writer"),
        F.monotonically_increasing_id().alias("seq"),
        "partition",
    )


def not_yet_logged(rows: DataFrame, logged: DataFrame, key: Sequence[str]) -> DataFrame:
    """The rows whose key the log does not have in that partition: the first answer stays."""
    on = [*key, "partition"]
    batch = logged.where(F.col("source") == "batch").select(*on)
    return rows.join(batch, on=on, how="left_anti").select(*rows.columns)
