"""Inference log: every prediction, once per key and partition, never rewritten."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    asset,
)
from dagster_pyspark import LazyPySparkResource
from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from ml_platform import __version__
from ml_platform.core import names
from ml_platform.core.prediction_quality import NOTHING_LOGGED, LoggedKeys, logged_outcome
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.check_results import written
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.table_metadata import table_metadata
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.spark.inference_log import log_rows, not_yet_logged
from ml_platform.stores.lake import Commit, LakeTable
from ml_platform.stores.lake_append import append_frame, offsets_of
from ml_platform.stores.lake_errors import OffsetMovedError

ATTEMPTS = 5
"""Each lost attempt is another run's progress, and few runs share a partition."""


def inference_log_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/inference_log`` and its check that nothing is missing from it."""
    path = model.path(names.INFERENCE_LOG)

    @optional_checks
    @asset(
        key=list(path),
        deps=[model.key(names.PREDICTIONS)],
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=FOLLOW_INPUTS,
        description=(
            "Every prediction with its inputs, score, decision, threshold and model version. A key "
            "that is predicted again keeps its first row. Grain: one row per answered prediction."
        ),
        check_specs=check_specs(path, model.partitions),
        **model.common("spark"),
    )
    def inference_log(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        opened = lake.open()
        predictions = opened.table(model.table(names.PREDICTIONS))
        # What is logged and what it is checked against must be the same predictions.
        version = predictions.version()
        found: Mapping[str, LoggedKeys] = {}
        metadata: dict[str, object] = {"rows": 0}
        if set(partitions) & set(predictions.partitions(version)):
            session, writer = spark.spark_session, f"batch:{context.run.run_id}"
            predicted = predictions.read(session, partitions, version)
            log = opened.table(model.table(names.INFERENCE_LOG))
            commit = append_log(model, log, predicted, partitions, writer)
            logged = log.read(session, partitions, commit.version)
            found = logged_keys(predicted, logged, model.spec.key, writer)
            metadata = table_metadata(log, replace(commit, rows=_rows(log, commit, partitions)))
        outcomes = {p: logged_outcome(found.get(p, NOTHING_LOGGED)) for p in partitions}
        yield from written(context, path, metadata, {names.LOGGED_ONCE: outcomes})

    return inference_log


def _rows(log: LakeTable, commit: Commit, partitions: Sequence[str]) -> dict[str, int]:
    """What the partitions hold after a commit, which may have added to what was there."""
    counts = log.row_counts(commit.version)
    return {partition: counts.get(partition, 0) for partition in partitions}


def append_log(
    model: Model, log: LakeTable, predicted: DataFrame, partitions: list[str], writer: str
) -> Commit:
    """Add the predictions of these partitions that the log does not have yet.

    Rows are appended, never rewritten, so that answers which are moved into the same partitions
    meanwhile neither get lost nor hold this up. Each run counts the appends of batch to its
    partitions one up, and of two runs that read the same count the second one reads again.

    Raises:
        OffsetMovedError: other runs were faster every time; nothing was written.
    """
    for _ in range(ATTEMPTS - 1):
        with suppress(OffsetMovedError):
            return _append_once(model, log, predicted, partitions, writer)
    return _append_once(model, log, predicted, partitions, writer)


def _append_once(
    model: Model, log: LakeTable, predicted: DataFrame, partitions: list[str], writer: str
) -> Commit:
    rows = log_rows(
        predicted,
        model=model.name,
        key=model.spec.key,
        writer=writer,
        code_version=__version__,
        logged_at=datetime.now(UTC),
    )
    version = log.version()
    appends = offsets_of(log, [f"batch:{partition}" for partition in partitions], version)
    if version is not None:
        logged = log.read(predicted.sparkSession, partitions, version)
        added = not_yet_logged(rows, logged, model.spec.key)
        # Only answers of the endpoint have some columns.
        rows = logged.limit(0).unionByName(added, allowMissingColumns=True)
    return append_frame(log, rows, partitions, {p: (n, n + 1) for p, n in appends.items()})


def logged_keys(
    predicted: DataFrame, logged: DataFrame, key: Sequence[str], writer: str
) -> dict[str, LoggedKeys]:
    """Match predictions with the log by key, per partition, in one Spark query.

    Args:
        predicted: rows with the key columns and the partition.
        logged: rows of the log; only those from batch count.
        key: columns that identify an event.
        writer: whose rows count as added.
    """
    on = [*key, names.PARTITION]
    none, one, ours = F.lit(0), F.lit(1), (F.col("writer") == writer).cast("int")
    asked = predicted.select(*on, one.alias("_asked"), none.alias("_logged"), none.alias("_added"))
    batch = logged.where("source = 'batch'")
    kept = batch.select(*on, none.alias("_asked"), one.alias("_logged"), ours.alias("_added"))
    counts = [F.sum(name).alias(name) for name in ("_asked", "_logged", "_added")]
    by_key = asked.unionByName(kept).groupBy(*on).agg(*counts)
    rows = by_key.groupBy(names.PARTITION).agg(
        F.sum("_asked").alias("predictions"),
        F.sum("_logged").alias("logged"),
        F.count_if((F.col("_asked") > 0) & (F.col("_logged") == 0)).alias("missing"),
        F.count_if(F.col("_logged") > 1).alias("doubled"),
        F.sum("_added").alias("added"),
    )
    return {
        r[names.PARTITION]: LoggedKeys(r.predictions, r.logged, r.missing, r.doubled, r.added)
        for r in rows.collect()
    }
