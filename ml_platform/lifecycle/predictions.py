"""Predictions: each event scored once by the champion of that moment."""

import math
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from dagster import (
    AssetExecutionContext,
    AssetsDefinition,
    BackfillPolicy,
    asset,
)
from dagster_pyspark import LazyPySparkResource
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from ml_platform.core import names
from ml_platform.core.check_outcome import not_evaluated
from ml_platform.core.prediction_quality import NO_SCORES, ScoreRange, predicted_outcome
from ml_platform.estimators.artifact import load_artifact
from ml_platform.lifecycle.automation import FOLLOW_INPUTS
from ml_platform.lifecycle.check_results import written
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.feature_definition import made_anew, made_by, own_definition
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.optional_checks import optional_checks
from ml_platform.lifecycle.partitioning import partitions_of_run
from ml_platform.lifecycle.table_metadata import table_metadata
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.resources.registry_resource import RegistryResource
from ml_platform.spark.scoring import score_frame
from ml_platform.stores.lake import Commit, Lake, LakeTable
from ml_platform.stores.model_registry import RegisteredVersion


def predictions_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/predictions`` and its check that every event has a sane score."""
    path = model.path(names.PREDICTIONS)

    @optional_checks
    @asset(
        key=list(path),
        deps=[model.key(names.FEATURES)],
        partitions_def=model.partitions,
        backfill_policy=BackfillPolicy.single_run(),
        automation_condition=FOLLOW_INPUTS,
        description=(
            "Score and decision for each row of features, by the version that was champion when "
            "the run began. Empty while there is no champion. Grain: one row per event."
        ),
        check_specs=check_specs(path, model.partitions),
        **model.common("spark", "xgboost"),
    )
    def predictions(
        context: AssetExecutionContext,
        lake: LakeResource,
        registry: RegistryResource,
        spark: LazyPySparkResource,
    ) -> Iterator[object]:
        partitions = partitions_of_run(context)
        champion = registry.open().champion(model.name)
        if champion is None:
            none = dict.fromkeys(partitions, not_evaluated("there is no champion yet"))
            metadata = {"rows": 0, "champion": "none yet"}
            yield from written(context, path, metadata, {names.EVERY_EVENT_SCORED: none})
            return
        opened = lake.open()
        features = opened.table(model.table(names.FEATURES))
        table = opened.table(model.table(names.PREDICTIONS))
        frame = features_for(champion, model, opened, spark.spark_session, partitions)
        commit = table.replace(predict(model, frame, champion), partitions)
        expected = features.row_counts()
        scores = score_ranges(table, commit)
        outcomes = {
            p: predicted_outcome(
                expected.get(p, 0),
                commit.rows.get(p, 0),
                scores.get(p, NO_SCORES),
                model.task.decides,
            )
            for p in partitions
        }
        metadata = table_metadata(table, commit) | {"model_version": champion.version}
        yield from written(context, path, metadata, {names.EVERY_EVENT_SCORED: outcomes})

    return predictions


def features_for(
    version: RegisteredVersion,
    model: Model,
    lake: Lake,
    spark: SparkSession,
    partitions: Sequence[str],
) -> DataFrame:
    """Features of partitions as the version's own code makes them, whatever is declared today.

    Those in the table are taken where that very code made them, and made for the version alone
    otherwise. A version from before its code was kept takes what is in the table.
    """
    table = lake.table(model.table(names.FEATURES))
    own = own_definition(version)
    made = made_by(table, partitions) if own else {}
    others = [p for p in partitions if own and p in made and made[p] != own.digest]
    if own is None or not others:
        return table.read(spark, partitions)
    anew = made_anew(own, model, lake, spark, others)
    rest = [p for p in partitions if p not in others]
    if not any(p in made for p in rest):
        return anew
    return table.read(spark, rest).select(*anew.columns).unionByName(anew)


def predict(model: Model, frame: DataFrame, champion: RegisteredVersion) -> DataFrame:
    """Score a features frame: key, event time, inputs as a struct, score, decision, version."""
    load = partial(load_artifact, Path(champion.path), champion.manifest_sha256)
    own = load()
    threshold, inputs = own.threshold, own.input_columns
    decision = F.lit(None) if threshold is None else F.col("score") >= threshold
    scored = score_frame(frame, inputs, load)
    return scored.select(
        *model.spec.key,
        "event_time",
        F.struct(*inputs).alias("features"),
        "score",
        decision.cast("int").alias("decision"),
        F.lit(threshold).cast("double").alias("threshold"),
        F.lit(int(champion.version)).alias("model_version"),
        "request_id",
        "feature_digest",
        F.lit(datetime.now(UTC)).cast("timestamp").alias("scored_at"),
        names.PARTITION,
    )


def score_ranges(table: LakeTable, commit: Commit) -> dict[str, ScoreRange]:
    """Where the scores of each partition that a commit wrote lie.

    Reads the one column batch by batch, which is quicker than to ask Spark. A footer cannot tell:
    Parquet's bounds pass over NaN.
    """
    written = [partition for partition, rows in commit.rows.items() if rows]
    return {p: _range(table.files([p], commit.version)) for p in written}


def _range(paths: Sequence[str]) -> ScoreRange:
    undefined, lowest, highest = 0, math.nan, math.nan
    batches = (b for path in paths for b in pq.ParquetFile(path).iter_batches(columns=["score"]))
    for batch in batches:
        # As numbers of numpy, a missing score is NaN as well.
        scores = batch.column(0).to_numpy(zero_copy_only=False)
        undefined += int(np.isnan(scores).sum())
        lowest = float(np.fmin.reduce(scores, initial=lowest))
        highest = float(np.fmax.reduce(scores, initial=highest))
    return ScoreRange(undefined, lowest, highest)
