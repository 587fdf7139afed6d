"""Training set: the exact rows of one training, pinned by Delta version and digest."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from dagster import (
    AllPartitionMapping,
    AssetDep,
    AssetExecutionContext,
    AssetsDefinition,
    AssetSpec,
    MaterializeResult,
    MetadataValue,
    multi_asset,
)
from dagster_pyspark import LazyPySparkResource
from pyspark.sql import DataFrame, SparkSession

from ml_platform.core import names
from ml_platform.core.duration import format_duration
from ml_platform.core.errors import UserError
from ml_platform.core.ledger import EntryKind
from ml_platform.core.training_rows import enough_rows_outcome
from ml_platform.lifecycle.check_results import single_result
from ml_platform.lifecycle.check_specs import check_specs
from ml_platform.lifecycle.feature_definition import declared_definition, made_anew, made_by
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.record import record
from ml_platform.lifecycle.table_metadata import table_metadata
from ml_platform.resources.lake_resource import LakeResource
from ml_platform.spark.content_digest import content_digest
from ml_platform.spark.labels_join import join_labels
from ml_platform.stores.lake import Lake


def training_set_asset(model: Model) -> AssetsDefinition:
    """The asset ``<model>/training_set`` and its blocking check that there are rows enough."""
    path = model.path(names.TRAINING_SET)
    every = AllPartitionMapping()

    @multi_asset(
        name=f"{model.name}__training_set",
        specs=[
            AssetSpec(
                key=model.key(names.TRAINING_SET),
                deps=[
                    AssetDep(model.key(names.FEATURES), partition_mapping=every),
                    AssetDep(model.key(names.LABELS), partition_mapping=every),
                ],
                description=(
                    "Labelled rows of the training window at the time of the run; the most recent "
                    f"{format_duration(model.spec.training.holdout)} are the hold-out that judges "
                    "candidate and champion. Grain: one row per labelled event."
                ),
                owners=list(model.spec.owners),
                tags=model.spec.tags,
                kinds={"spark", "delta"},
            )
        ],
        check_specs=check_specs(path),
        group_name=model.name,
    )
    def training_set(
        context: AssetExecutionContext, lake: LakeResource, spark: LazyPySparkResource
    ):
        opened = lake.open()
        window = training_window(model, opened)
        renewed = renew_features(model, opened, spark.spark_session, window)
        versions = data_versions(model, opened)
        frame = labelled_rows(model, opened, spark.spark_session, window, versions)
        table = opened.table(model.table(names.TRAINING_SET))
        commit = table.replace(frame, None, narrower=True)
        written = table.read(spark.spark_session, version=commit.version)
        counts = {r["split"]: r["count"] for r in written.groupBy("split").count().collect()}
        digest = content_digest(written)
        yield MaterializeResult(
            asset_key=list(path),
            metadata=table_metadata(table, commit)
            | {
                "digest": digest,
                "data_versions": MetadataValue.json(versions),
                "first_partition": window[0],
                "last_partition": window[-1],
                "train_rows": counts.get("train", 0),
                "holdout_rows": counts.get("holdout", 0),
                "features_made_anew": len(renewed),
            },
        )
        outcome = enough_rows_outcome(
            counts.get("train", 0), counts.get("holdout", 0), model.spec.training.min_rows
        )
        if not outcome.verdict.passed:
            record(
                context,
                opened,
                model.name,
                kind=EntryKind.REFUSAL,
                verdict="refused",
                reason=outcome.sentence,
                model_version=None,
                evidence=outcome.numbers,
            )
        yield single_result(path, names.ENOUGH_ROWS, outcome)

    return training_set


def training_window(model: Model, lake: Lake) -> Sequence[str]:
    """The labelled partitions to learn from, hold-out included, in order.

    Raises:
        UserError: nothing is labelled yet.
    """
    labels = lake.table(model.table(names.LABELS))
    labelled = sorted(labels.partitions()) if labels.exists() else []
    if not labelled:
        raise UserError(f"{model.name} cannot be trained: no labels have landed yet")
    window = model.spec.training.window
    if isinstance(window, timedelta):
        inside = set(model.calendar.trailing(labelled[-1], window))
        return [p for p in labelled if p in inside]
    return labelled


def renew_features(
    model: Model, lake: Lake, spark: SparkSession, window: Sequence[str]
) -> Sequence[str]:
    """Make features anew that other code made than today's: a training learns from one code.

    Returns:
        The partitions concerned; none where the code is not kept with versions.
    """
    table = lake.table(model.table(names.FEATURES))
    declared = declared_definition(model)
    if declared.digest is None:
        return []
    made = made_by(table, window)
    others = sorted(p for p, digest in made.items() if digest != declared.digest)
    if others:
        frame = made_anew(declared, model, lake, spark, others)
        table.replace(frame, others, narrower=True)
    return others


def data_versions(model: Model, lake: Lake) -> dict[str, int | None]:
    """The present Delta version of every table that the training rows go back to."""
    sources = model.spec.sources
    tables = (sources.primary, *sources.lookups, sources.labels)
    found = [names.table_of(names.validated(table)) for table in tables]
    found += [model.table(names.FEATURES), model.table(names.LABELS)]
    return {name: lake.table(name).version() for name in found}


def labelled_rows(
    model: Model,
    lake: Lake,
    spark: SparkSession,
    window: Sequence[str],
    versions: Mapping[str, int | None],
) -> DataFrame:
    """Features with their latest labels; ``split`` is train or holdout."""
    features, labels = (
        lake.table(name).read(spark, list(window), version=versions[name])
        for name in (model.table(names.FEATURES), model.table(names.LABELS))
    )
    joined = join_labels(features, labels, model.spec.key, None).where("label is not null")
    first_held_out = model.calendar.trailing(window[-1], model.spec.training.holdout)[0]
    return joined.selectExpr(
        *dict.fromkeys([*model.spec.key, *model.inputs]),
        "event_time",
        "label",
        f"{names.PARTITION} AS source_partition",
        f"IF({names.PARTITION} >= '{first_held_out}', 'holdout', 'train') AS split",
    )
